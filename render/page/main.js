// The page: reads its puppet, lives, and draws. With a socket it does what is sent; without one it follows the mouse.
"use strict";

const RETRY = 1000;             // ms between attempts to reach a server that went away

async function unzipped(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
}

async function packedPuppet() {
  const inside = document.getElementById("puppet");
  if (inside) return Uint8Array.from(atob(inside.textContent.trim()), (c) => c.charCodeAt(0));
  const answer = await fetch("puppet" + location.search, { cache: "no-store" });
  if (!answer.ok) throw new Error(`the puppet cannot be read: ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}

// The box of the puppet's frame, as large as fits, its offset whole px.
function viewOf(canvas, [left, top, right, bottom]) {
  const scale = Math.min(canvas.width / (right - left), canvas.height / (bottom - top));
  return { scale, offset: [Math.floor(canvas.width / 2 - scale * (left + right) / 2),
                           Math.floor(canvas.height / 2 - scale * (top + bottom) / 2)] };
}

// Calls back with the values that come in and the names of parts that are off, and with null when the server is gone; tries
// again for ever.
function listen(tell) {
  const address = location.origin.replace(/^http/, "ws") + "/values" + location.search;
  const socket = new WebSocket(address);
  socket.onmessage = (event) => {
    const message = JSON.parse(event.data);
    if (message.puppet && window.kiriePuppet && message.puppet !== window.kiriePuppet) location.reload();
    window.kiriePuppet = message.puppet || window.kiriePuppet;
    if (message.values) tell(message.values, message.hidden ?? []);
  };
  socket.onclose = () => {
    tell(null);
    setTimeout(() => listen(tell), RETRY);
  };
}

async function start() {
  const canvas = document.querySelector("canvas"), data = unpackPuppet(await unzipped(await packedPuppet()));
  const images = await Promise.all(data.parts.map((part) => createImageBitmap(
    new Blob([data.array(part.texture)], { type: "image/png" }), { premultiplyAlpha: "premultiply", colorSpaceConversion: "none" })));
  const poser = makePoser(data), life = makeLife(data, poser);
  let painter = makePainter(canvas, data, images), sent = null, pointer = null, hidden = new Set(data.hidden);
  document.title = data.name || "Kirie";

  const resized = () => {
    canvas.width = Math.max(Math.round(innerWidth * devicePixelRatio), 1);
    canvas.height = Math.max(Math.round(innerHeight * devicePixelRatio), 1);
  };
  addEventListener("resize", resized);
  resized();
  canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
  canvas.addEventListener("webglcontextrestored", () => { painter = makePainter(canvas, data, images); });
  const draw = (posed) => {
    data.parts.forEach((part, number) => { if (hidden.has(part.name)) posed.opacity[number] = 0; });
    painter.draw(posed, viewOf(canvas, data.frame));
  };
  window.kirie = { pose: (values) => { window.kirie.still = true; draw(poser.pose(values, null)); }, still: false };

  if (document.body.dataset.source === "socket") listen((values, off) => {
    sent = values;
    if (off) hidden = new Set(off);
  });
  else {
    addEventListener("pointermove", (event) => {
      const view = viewOf(canvas, data.frame);
      pointer = [(event.clientX * devicePixelRatio - view.offset[0]) / view.scale,
                 (event.clientY * devicePixelRatio - view.offset[1]) / view.scale];
    });
    document.documentElement.addEventListener("pointerleave", () => { pointer = null; });
  }
  const asked = new URLSearchParams(location.hash.slice(1)).get("pose");   // #pose={"ParamAngleX":20}: one still picture
  if (asked) {
    window.kirie.pose(JSON.parse(asked));
    document.body.dataset.ready = "pose";
    return;
  }
  const frame = (now) => {
    if (!window.kirie.still) draw(life.advance(now / 1000, sent, pointer));
    document.body.dataset.ready = "live";
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

start().catch((error) => {
  document.body.textContent = String(error.message || error);
});
