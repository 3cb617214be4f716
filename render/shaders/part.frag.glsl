// One part, premultiplied. MASKED multiplies by a mask; one of COVERAGE, MULTIPLY, ADD changes what is written.
uniform sampler2D artwork;  // premultiplied
uniform float opacity;
in vec2 uv;

#ifdef MASKED
uniform sampler2D mask;     // a page of four masks at the output's size
uniform vec4 channel;       // 1 at the mask of this part, else 0
#endif

#ifdef COVERAGE
uniform vec4 written;       // 1 at the mask that is being painted, else 0
#endif

#ifdef ADD
uniform sampler2D backdrop; // what lies behind this part, at the output's size
#endif

layout(location = 0, index = 0) out vec4 colour;
#ifdef MULTIPLY
layout(location = 0, index = 1) out vec4 kept;   // the share of the backdrop that stays, per channel
#endif

void main() {
    vec4 source = texture(artwork, uv) * opacity;
#ifdef MASKED
    source *= dot(texelFetch(mask, ivec2(gl_FragCoord.xy), 0), channel);
#endif
#if defined(COVERAGE)
    colour = written * source.a;
#elif defined(ADD)
    vec4 behind = texelFetch(backdrop, ivec2(gl_FragCoord.xy), 0);
    vec3 both = min(vec3(source.a * behind.a), source.a * behind.rgb + source.rgb * behind.a);
    colour = vec4(source.rgb * (1.0 - behind.a) + both, source.a) + behind * (1.0 - source.a);
#else
    colour = source;
#ifdef MULTIPLY
    kept = vec4(source.rgb + 1.0 - source.a, 1.0 - source.a);
#endif
#endif
}
