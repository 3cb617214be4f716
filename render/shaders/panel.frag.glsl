// The atlas says how much ink there is; written premultiplied.
uniform sampler2D atlas;
in vec2 uv;
in vec4 ink;
out vec4 colour;

void main() {
    float alpha = ink.a * texture(atlas, uv).r;
    colour = vec4(ink.rgb * alpha, alpha);
}
