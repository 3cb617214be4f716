// The finished surface over a background, as straight alpha; `rows` turns it over for a window, whose row 0 is the bottom.
uniform sampler2D surface;  // premultiplied
uniform vec4 background;    // premultiplied
uniform ivec2 rows;         // source row = rows.x + rows.y * target row
out vec4 colour;

void main() {
    ivec2 pixel = ivec2(gl_FragCoord.xy);
    vec4 source = texelFetch(surface, ivec2(pixel.x, rows.x + rows.y * pixel.y), 0);
    source += background * (1.0 - source.a);
    colour = source.a < 0.5 / 255.0 ? vec4(0.0) : vec4(source.rgb / source.a, source.a);
}
