// Poses a packed puppet in Node: `node pose_in_node.js SCRIPTS... PACKED` with JSON cases on standard input, for test_webpage.
const fs = require("fs"), vm = require("vm"), zlib = require("zlib");
const files = process.argv.slice(2), packed = zlib.gunzipSync(fs.readFileSync(files.pop()));
const names = "{ unpackPuppet, makePoser, makeLife, idleAt, lookAt }";
const made = vm.runInThisContext(files.map((f) => fs.readFileSync(f, "utf8")).join("\n") + `\n;(${names})`);
const data = made.unpackPuppet(packed.buffer.slice(packed.byteOffset, packed.byteOffset + packed.byteLength));
const poser = made.makePoser(data), cases = JSON.parse(fs.readFileSync(0, "utf8"));
const plain = (posed) => ({ vertices: Array.from(posed.vertices), opacity: Array.from(posed.opacity) });
console.log(JSON.stringify({
  poses: cases.poses.map((values) => plain(poser.pose(values, null))),
  swung: cases.swung.map((steps) => {
    let state = null;
    for (const values of steps) state = poser.step(state, values);
    return plain(poser.pose(steps[steps.length - 1], state));
  }),
  lived: cases.lived.map((frames) => {
    const life = made.makeLife(data, poser);
    return frames.map(([now, sent, pointer]) => plain(life.advance(now, sent, pointer))).pop();
  }),
  idle: cases.idle.map(made.idleAt),
  look: cases.look.map(([x, y]) => made.lookAt(x, y)),
}));
