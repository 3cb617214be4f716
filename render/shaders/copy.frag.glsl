// The surface as it is.
uniform sampler2D surface;
out vec4 colour;

void main() {
    colour = texelFetch(surface, ivec2(gl_FragCoord.xy), 0);
}
