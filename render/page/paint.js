// Draws a posed puppet with WebGL 2, as render/painter.py does: masks first, then parts back to front, premultiplied.
"use strict";

const VERTEX = `#version 300 es
uniform vec4 place; in vec2 position; in vec2 texcoord; out vec2 uv;
void main() { uv = texcoord; gl_Position = vec4(position * place.xy + place.zw, 0.0, 1.0); }`;

const FRAGMENT = `
precision highp float;
uniform sampler2D artwork, mask, backdrop;
uniform float opacity; uniform vec4 channel, written;
in vec2 uv; out vec4 colour;
void main() {
  vec4 source = texture(artwork, uv) * opacity;
#ifdef MASKED
  source *= dot(texelFetch(mask, ivec2(gl_FragCoord.xy), 0), channel);
#endif
#ifdef COVERAGE
  colour = written * source.a;
#else
  colour = source;
#endif
#if defined(ADD) || defined(MULTIPLY)
  vec4 behind = texelFetch(backdrop, ivec2(gl_FragCoord.xy), 0);
#ifdef ADD
  vec3 both = min(vec3(source.a * behind.a), source.a * behind.rgb + source.rgb * behind.a);
#else
  vec3 both = source.rgb * behind.rgb;
#endif
  colour = vec4(source.rgb * (1.0 - behind.a) + both, source.a) + behind * (1.0 - source.a);
#endif
}`;

const CHANNELS = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]];

// textures: an ImageBitmap a part, premultiplied.
function makePainter(canvas, data, textures) {
  const gl = canvas.getContext("webgl2", { alpha: true, antialias: false, premultipliedAlpha: true, preserveDrawingBuffer: true });
  if (!gl) throw new Error("this browser has no WebGL 2");
  const programs = new Map(), positions = gl.createBuffer(), array = gl.createVertexArray();
  let pages = [], backdrop = null, size = [0, 0];

  function program(...defines) {
    const key = defines.join(" ");
    if (programs.has(key)) return programs.get(key);
    const made = gl.createProgram(), head = "#version 300 es\n" + defines.map((d) => `#define ${d}\n`).join("");
    for (const [kind, text] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, head + FRAGMENT]]) {
      const shader = gl.createShader(kind);
      gl.shaderSource(shader, text);
      gl.compileShader(shader);
      if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS) && !gl.isContextLost()) throw new Error(gl.getShaderInfoLog(shader));
      gl.attachShader(made, shader);
    }
    gl.bindAttribLocation(made, 0, "position");
    gl.bindAttribLocation(made, 1, "texcoord");
    gl.linkProgram(made);
    const uniforms = {};
    for (const name of ["place", "opacity", "channel", "written", "artwork", "mask", "backdrop"])
      uniforms[name] = gl.getUniformLocation(made, name);
    programs.set(key, { made, uniforms });
    return programs.get(key);
  }

  function texture(filter) {
    const made = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, made);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, filter);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, filter === gl.NEAREST ? gl.NEAREST : gl.LINEAR);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
    return made;
  }

  function upload(image) {
    const made = texture(gl.LINEAR_MIPMAP_LINEAR);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, image);
    gl.generateMipmap(gl.TEXTURE_2D);
    return made;
  }

  function surface([width, height]) {
    const made = texture(gl.NEAREST), target = gl.createFramebuffer();
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, width, height, 0, gl.RGBA, gl.UNSIGNED_BYTE, null);
    gl.bindFramebuffer(gl.FRAMEBUFFER, target);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, made, 0);
    return { texture: made, target };
  }

  function resize() {
    if (size[0] === canvas.width && size[1] === canvas.height) return;
    size = [canvas.width, canvas.height];
    for (const old of [...pages, backdrop].filter(Boolean)) {
      gl.deleteTexture(old.texture);
      gl.deleteFramebuffer(old.target);
    }
    pages = data.pages.map(() => surface(size));
    backdrop = surface(size);
  }

  gl.bindVertexArray(array);
  gl.bindBuffer(gl.ARRAY_BUFFER, positions);
  gl.enableVertexAttribArray(0);
  gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);
  gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
  gl.bufferData(gl.ARRAY_BUFFER, data.array(data.texcoords), gl.STATIC_DRAW);
  gl.enableVertexAttribArray(1);
  gl.vertexAttribPointer(1, 2, gl.FLOAT, false, 0, 0);
  gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, gl.createBuffer());
  gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, data.array(data.indices), gl.STATIC_DRAW);
  const artworks = textures.map(upload);

  function drawPart(number, opacity, place, written, ...defines) {
    const part = data.parts[number], mask = part.mask;
    if (!part.count || opacity[number] <= 0) return;
    const { made, uniforms } = program(...defines, ...(mask >= 0 ? ["MASKED"] : []));
    gl.useProgram(made);
    gl.uniform4fv(uniforms.place, place);
    gl.uniform1f(uniforms.opacity, opacity[number]);
    if (written) gl.uniform4fv(uniforms.written, written);
    [artworks[number], mask >= 0 && pages[data.masks[mask].page].texture, backdrop.texture].forEach((bound, unit) => {
      gl.activeTexture(gl.TEXTURE0 + unit);
      gl.bindTexture(gl.TEXTURE_2D, bound || null);
    });
    gl.uniform1i(uniforms.artwork, 0);
    gl.uniform1i(uniforms.mask, 1);
    gl.uniform1i(uniforms.backdrop, 2);
    if (mask >= 0) gl.uniform4fv(uniforms.channel, CHANNELS[data.masks[mask].channel]);
    gl.drawElements(gl.TRIANGLES, part.count, gl.UNSIGNED_INT, 4 * part.first);
  }

  function drawMasks(opacity, place) {
    gl.blendFuncSeparate(gl.ONE, gl.ONE_MINUS_SRC_COLOR, gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    data.pages.forEach((members, page) => {
      gl.bindFramebuffer(gl.FRAMEBUFFER, pages[page].target);
      gl.clear(gl.COLOR_BUFFER_BIT);
      members.forEach((mask, channel) =>
        data.masks[mask].parts.forEach((part) => drawPart(part, opacity, place, CHANNELS[channel], "COVERAGE")));
    });
  }

  function drawParts(opacity, place) {
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.clear(gl.COLOR_BUFFER_BIT);
    data.parts.forEach((part, number) => {
      if (!part.drawn) return;
      if (part.blend === "add" || part.blend === "multiply") {
        gl.activeTexture(gl.TEXTURE2);
        gl.bindTexture(gl.TEXTURE_2D, backdrop.texture);
        gl.copyTexSubImage2D(gl.TEXTURE_2D, 0, 0, 0, 0, 0, ...size);
        gl.disable(gl.BLEND);
        drawPart(number, opacity, place, null, part.blend.toUpperCase());
        gl.enable(gl.BLEND);
        return;
      }
      const source = part.blend === "screen" ? gl.ONE_MINUS_DST_COLOR : gl.ONE;
      const kept = part.blend === "screen" ? gl.ONE : gl.ONE_MINUS_SRC_ALPHA;
      gl.blendFuncSeparate(source, kept, gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
      drawPart(number, opacity, place, null);
    });
  }

  // posed: of a poser. view: scale and offset, canvas px to px of the canvas element.
  function draw(posed, view) {
    if (gl.isContextLost()) return;
    resize();
    gl.viewport(0, 0, ...size);
    gl.clearColor(0, 0, 0, 0);
    gl.enable(gl.BLEND);
    gl.bindVertexArray(array);
    gl.bindBuffer(gl.ARRAY_BUFFER, positions);
    gl.bufferData(gl.ARRAY_BUFFER, posed.vertices, gl.DYNAMIC_DRAW);
    const [width, height] = size, scale = view.scale;
    const place = [2 * scale / width, -2 * scale / height, 2 * view.offset[0] / width - 1, 1 - 2 * view.offset[1] / height];
    drawMasks(posed.opacity, place);
    drawParts(posed.opacity, place);
  }

  return { draw };
}
