// A vertex in canvas px goes to its place on the output; row 0 of every surface of the painter is the picture's top.
uniform vec4 place;         // scale x, scale y, offset x, offset y: canvas px to clip space

in vec2 position;           // canvas px, y down
in vec2 texcoord;           // 0..1 at the texture's edges
out vec2 uv;

void main() {
    uv = texcoord;
    gl_Position = vec4(position * place.xy + place.zw, 0.0, 1.0);
}
