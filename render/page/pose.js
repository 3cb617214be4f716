// Posing in a page: the mathematics of rig/poser.py, rig/motion.py and rig/springs.py on the data of render/webpage.py.
"use strict";

const STEADY = 0.25, EASE_SHARE = 0.1, BODY_SHIFT = 0.08, BODY_STRETCH = 0.04, BODY_ROLL = 7 * Math.PI / 180;
const BREATH_LIFT = 0.006, LENGTHWISE = 0.3, MOST_BEND = 0.22, TICK = 1 / 120, MOST_TICKS = 30;

// The header and arrays of a packed puppet (ArrayBuffer, already unzipped).
function unpackPuppet(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const kinds = { f: Float32Array, i: Uint32Array, b: Uint8Array }, base = 4 * Math.ceil((4 + length) / 4);
  head.array = (place) => place && new kinds[place[0]](buffer, base + place[1], place[2]);
  return head;
}

function makePoser(data) {
  const parts = data.parts.map((part) => ({
    ...part, rest: data.array(part.vertices), depth: data.array(part.depth), head: data.array(part.head),
    body: data.array(part.body), breath: data.array(part.breath),
    forms: part.forms.map((form) => ({ ...form, offsets: data.array(form.offsets), shown: data.array(form.opacity) })),
    sways: part.sways.map((sway) => ({ spring: sway.spring, weight: data.array(sway.weight) })),
  }));
  const count = parts.reduce((sum, part) => sum + part.rest.length / 2, 0);
  const known = new Map(data.parameters.map((p) => [p.name, p]));
  const vertices = new Float32Array(2 * count), opacity = new Float32Array(parts.length);
  const surface = data.surface;

  function held(values) {
    const out = {};
    for (const [name, value] of Object.entries(values)) {
      const parameter = known.get(name);
      if (!parameter) continue;
      const kept = hold(parameter, value);
      if (kept !== parameter.default) out[name] = kept;
    }
    return out;
  }

  function turnOf(moved) {
    const by = (name) => (name in moved ? moved[name] - known.get(name).default : 0);
    const angle = (name, degrees) => by(name) / 30 * degrees * Math.PI / 180;
    return { yaw: angle("ParamAngleX", surface.yaw), pitch: angle("ParamAngleY", surface.pitch),
             roll: angle("ParamAngleZ", surface.roll), bodyX: by("ParamBodyAngleX") / 10, bodyY: by("ParamBodyAngleY") / 10,
             bodyZ: by("ParamBodyAngleZ") / 10, breath: by("ParamBreath") };
  }

  // One point [x, y] moved by the head's turn and the body; weights: depth, head, body, breath of that point.
  function move(point, depth, head, body, breath, turn, c) {
    let [x, y] = point;
    if (turn.yaw || turn.pitch) {
      const near = surface.distance * 0.25, dx = x - surface.centre[0], dy = y - surface.centre[1];
      const back = depth * c.cp + dy * c.sp, turnedY = dy * c.cp - depth * c.sp, turnedX = dx * c.cy + back * c.sy;
      const scale = surface.distance / Math.max(surface.distance - (back * c.cy - dx * c.sy), near);
      const rest = surface.distance / Math.max(surface.distance - depth, near);
      x += head * (turnedX * scale - dx * rest);
      y += head * (turnedY * scale - dy * rest);
    }
    if (turn.roll) [x, y] = rotated(x, y, surface.pivot, head * turn.roll);
    if (turn.bodyX || turn.bodyY) {
      const bend = body * (body + 1) * 0.5 * data.torso;
      x += bend * BODY_SHIFT * turn.bodyX;
      y -= bend * BODY_STRETCH * turn.bodyY;
    }
    if (turn.bodyZ) [x, y] = rotated(x, y, surface.hips, body * BODY_ROLL * turn.bodyZ);
    point[0] = x;
    point[1] = y - breath * BREATH_LIFT * data.canvas[1] * turn.breath;
  }

  function waysOf(turn) {
    return { sy: Math.sin(turn.yaw), cy: Math.cos(turn.yaw), sp: Math.sin(turn.pitch), cp: Math.cos(turn.pitch) };
  }

  function tipsOf(moved, state) {
    return data.springs.map((spring, i) => {
      const steady = spring.parameter in moved ? moved[spring.parameter] - known.get(spring.parameter).default : 0;
      const tip = state ? state.tips[i] : [0, 0];
      return [tip[0] + STEADY * spring.length * steady, tip[1]];
    });
  }

  // Vertices Float32Array (V, 2) in canvas px and opacity Float32Array (P); both are used again by the next call.
  function pose(values, state) {
    const moved = held(values), turn = turnOf(moved), ways = waysOf(turn), tips = tipsOf(moved, state), point = [0, 0];
    let first = 0;
    parts.forEach((part, number) => {
      const local = vertices.subarray(first, first + part.rest.length);
      local.set(part.rest);
      opacity[number] = part.opacity;
      for (const form of part.forms) blend(form, moved, known, local, number, opacity);
      for (const { spring, weight } of part.sways)
        for (let i = 0; i < weight.length; i++) {
          local[2 * i] += tips[spring][0] * weight[i];
          local[2 * i + 1] += tips[spring][1] * weight[i];
        }
      for (let i = 0; i < part.depth.length; i++) {
        point[0] = local[2 * i];
        point[1] = local[2 * i + 1];
        move(point, part.depth[i], part.head[i], part.body[i], part.breath[i], turn, ways);
        local[2 * i] = point[0];
        local[2 * i + 1] = point[1];
      }
      first += part.rest.length;
    });
    return { vertices, opacity };
  }

  function roots(turn) {
    const ways = waysOf(turn);
    return data.springs.map((s) => {
      const point = [...s.root];
      move(point, s.depth, s.head, s.body, s.breath, turn, ways);
      return point;
    });
  }

  const flows = data.springs.map((s) => flow(s, TICK));

  // The springs one tick later; state null hangs still.
  function step(state, values) {
    const turn = turnOf(held(values)), now = roots(turn);
    if (!state) return { root: now, tip: now.map((p) => [...p]), speed: now.map(() => [0, 0]), tips: now.map(() => [0, 0]) };
    const next = { root: now, tip: [], speed: [], tips: [] };
    data.springs.forEach((spring, i) => {
      const [a, b, c, d] = flows[i], tip = [], speed = [];
      for (const k of [0, 1]) {
        const pace = (now[i][k] - state.root[i][k]) / TICK, trail = spring.lag * pace;
        const off = state.tip[i][k] - state.root[i][k] + trail, left = state.speed[i][k] - pace;
        tip.push(now[i][k] - trail + a * off + b * left);
        speed.push(pace + c * off + d * left);
      }
      next.tip.push(tip);
      next.speed.push(speed);
      next.tips.push(bent(spring, tip[0] - now[i][0], tip[1] - now[i][1], turn));
    });
    return next;
  }

  return { pose, step, count, parts };
}

function bent(spring, x, y, turn) {
  const angle = spring.head * turn.roll + spring.body * BODY_ROLL * turn.bodyZ, s = Math.sin(angle), c = Math.cos(angle);
  const across = (x * c + y * s) * spring.gain, along = (y * c - x * s) * spring.gain * LENGTHWISE;
  const reach = Math.hypot(across, along) / Math.max(MOST_BEND * spring.length, 1e-9), share = (1 + reach ** 4) ** 0.25;
  return [across / share, along / share];
}

// The entries of exp(A dt) of a damped spring.
function flow(spring, dt) {
  const omega = 2 * Math.PI * spring.frequency, fall = spring.damping * omega, size = Math.abs(spring.damping ** 2 - 1);
  const swing = Math.max(omega * Math.sqrt(size), 1e-6 / dt), fade = Math.exp(-fall * dt), over = spring.damping > 1;
  const even = fade * (over ? Math.cosh(swing * dt) : Math.cos(swing * dt));
  const odd = fade * (over ? Math.sinh(swing * dt) : Math.sin(swing * dt)) / swing;
  return [even + fall * odd, odd, -(omega ** 2) * odd, even - fall * odd];
}

function rotated(x, y, about, angle) {
  const dx = x - about[0], dy = y - about[1], s = Math.sin(angle), c = Math.cos(angle);
  return [about[0] + dx * c - dy * s, about[1] + dx * s + dy * c];
}

function hold(parameter, value) {
  if (!Number.isFinite(value)) return parameter.default;
  const span = parameter.high - parameter.low;
  if (value >= parameter.default) return eased(value, parameter.default, parameter.high, span);
  return -eased(-value, -parameter.default, -parameter.low, span);
}

function eased(value, rest, limit, span) {
  const margin = Math.min(EASE_SHARE * span, 0.5 * (limit - rest));
  if (value >= limit) return limit;
  if (margin <= 0 || value <= limit - margin) return value;
  const t = 1 - (limit - value) / margin;
  return limit - margin + margin * t * (1 + t - t * t);
}

// Add a keyform grid's blended offsets to local (V, 2) and multiply the part's opacity.
function blend(form, moved, known, local, number, opacity) {
  const stands = form.axes.map((axis) => (axis in moved ? moved[axis] : known.get(axis)?.default ?? 0));
  let corners = [[0, 1]];
  form.keys.forEach((keys, axis) => {
    const ways = between(keys, stands[axis]);
    corners = corners.flatMap(([i, w]) => ways.map(([j, v]) => [i * keys.length + j, w * v]));
  });
  if (form.shown) opacity[number] *= corners.reduce((sum, [i, w]) => sum + w * form.shown[i], 0);
  if (!form.offsets || !form.axes.some((axis) => axis in moved)) return;
  for (const [i, w] of corners) {
    const start = i * local.length;
    for (let k = 0; k < local.length; k++) local[k] += w * form.offsets[start + k];
  }
}

function between(keys, value) {
  let right = 0;
  while (right < keys.length && keys[right] <= value) right++;
  if (right === 0 || keys[right - 1] === value || right === keys.length) return [[Math.max(right - 1, 0), 1]];
  const share = (value - keys[right - 1]) / (keys[right] - keys[right - 1]);
  return [[right - 1, 1 - share], [right, share]];
}
