// What a character in a page does: idling and looking as in render/idle.py, easing and springs as in render/stage.py.
"use strict";

const BREATH = 3.8, BLINK_EVERY = 3.9, CLOSING = 0.07, CLOSED = 0.04, OPENING = 0.13, EASE = 0.4, GLIDE = 0.14, REACH = 1.6;
const GLANCE_EVERY = 1.7, GLANCE_TAKES = 0.06, GLANCE = 0.28, MOST_REACH = 12;
const SWAY = {
  ParamAngleX: [[2.6, 7.3, 0.0], [1.3, 4.1, 1.0]], ParamAngleY: [[1.5, 5.9, 2.0], [0.8, 3.8, 0.3]],
  ParamAngleZ: [[1.8, 8.7, 1.1], [0.7, 4.9, 2.2]], ParamBodyAngleX: [[1.1, 9.1, 0.4]], ParamBodyAngleZ: [[0.9, 11.3, 1.9]],
};

const smooth = (share) => { const s = Math.min(Math.max(share, 0), 1); return s * s * (3 - 2 * s); };
const chance = (span, salt) => { const v = Math.sin(span * 12.9898 + salt * 78.233) * 43758.5453; return v - Math.floor(v); };
const blink = (t) => (t < CLOSING ? 1 - smooth(t / CLOSING) : smooth((t - CLOSING - CLOSED) / OPENING));

function lidsAt(time) {
  const span = Math.floor(time / BLINK_EVERY), start = span * BLINK_EVERY + 0.66 * BLINK_EVERY * chance(span, 1);
  const lids = blink(time - start);
  return chance(span, 2) < 0.25 ? Math.min(lids, blink(time - start - 0.32)) : lids;
}

function placeOf(span) {
  if (span % 2 === 0) return [0, 0];
  return [GLANCE * (2 * chance(span, 3) - 1), 0.6 * GLANCE * (2 * chance(span, 4) - 1)];
}

function idleAt(time) {
  const out = {};
  for (const [name, waves] of Object.entries(SWAY))
    out[name] = waves.reduce((sum, [size, period, phase]) => sum + size * Math.sin(2 * Math.PI * time / period + phase), 0);
  out.ParamBreath = 0.5 - 0.5 * Math.cos(2 * Math.PI * time / BREATH);
  out.ParamEyeLOpen = out.ParamEyeROpen = lidsAt(time);
  const span = Math.floor(time / GLANCE_EVERY), share = smooth((time - span * GLANCE_EVERY) / GLANCE_TAKES);
  const [a, b] = [placeOf(span - 1), placeOf(span)];
  out.ParamEyeBallX = a[0] + (b[0] - a[0]) * share;
  out.ParamEyeBallY = a[1] + (b[1] - a[1]) * share;
  return out;
}

function lookAt(dx, dy) {
  const x = Math.tanh(dx / REACH * 0.8), y = Math.tanh(dy / REACH * 0.8);
  return { ParamAngleX: 26 * x, ParamAngleY: -22 * y, ParamAngleZ: 5 * x * y, ParamBodyAngleX: 4 * x, ParamEyeBallX: 0.9 * x,
           ParamEyeBallY: -0.8 * y };
}

function mixed(a, b, rest, share) {
  const out = {};
  for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const start = a[name] ?? rest[name] ?? 0;
    out[name] = start + ((b[name] ?? rest[name] ?? 0) - start) * share;
  }
  return out;
}

// A living puppet: advance(now in s, values that were sent or null, pointer in canvas px or null) gives what to draw.
function makeLife(data, poser) {
  const rest = Object.fromEntries(data.parameters.map((p) => [p.name, p.default]));
  let look = [0, 0], time = null, led = null, origin = rest, shown = rest, since = -EASE, state = null, before = rest, left = 0;

  function alone(now) {
    const about = idleAt(now), values = { ...rest };
    for (const [name, value] of Object.entries(about))
      values[name] = name.endsWith("Open") ? (rest[name] ?? 1) * value : (rest[name] ?? 0) + value;
    for (const [name, value] of Object.entries(lookAt(...look))) values[name] = (values[name] ?? 0) + value;
    return values;
  }

  function glide(pointer, passed) {
    const width = Math.max(data.surface.width, 1), share = 1 - Math.exp(-passed / GLIDE);
    look = look.map((x, k) => {
      const away = pointer ? (pointer[k] - data.surface.centre[k]) / width : 0;
      return x + (Math.min(Math.max(away, -MOST_REACH), MOST_REACH) - x) * share;
    });
  }

  function ease(goal, sent, now) {
    if (led === null) since = now - EASE;
    else if (sent !== led) [origin, since] = [shown, now];
    led = sent;
    const share = smooth((now - since) / EASE);
    shown = share >= 1 ? goal : mixed(origin, goal, rest, share);
  }

  function swing(passed) {
    if (!state) state = poser.step(null, shown);
    const ticks = Math.floor((left + passed) / TICK + 1e-9);
    for (let n = Math.max(ticks - MOST_TICKS, 0) + 1; n <= ticks; n++)
      state = poser.step(state, mixed(before, shown, rest, passed > 0 ? Math.min((n * TICK - left) / passed, 1) : 1));
    left = Math.max(left + passed - ticks * TICK, 0);
    before = shown;
  }

  function advance(now, sent, pointer) {
    const passed = time === null ? 0 : Math.max(now - time, 0);
    time = now;
    glide(pointer, passed);
    ease(sent ?? alone(now), sent !== null, now);
    swing(passed);
    return poser.pose(shown, state);
  }

  return { advance };
}
