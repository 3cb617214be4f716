// A corner of the panel: output px, y down, to clip space.
uniform vec2 size;          // of the output, px
in vec2 position;
in vec2 texcoord;
in vec4 tint;               // straight
out vec2 uv;
out vec4 ink;

void main() {
    uv = texcoord;
    ink = tint;
    gl_Position = vec4(2.0 * position.x / size.x - 1.0, 1.0 - 2.0 * position.y / size.y, 0.0, 1.0);
}
