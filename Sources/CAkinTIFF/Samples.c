#include "Samples.h"

#include <math.h>
#include <string.h>

int akin_tiff_bits(const layout *layout) {
    if (layout->converted || layout->palette[0]) return 8;
    return layout->bits > 8 ? 16 : 8;
}

int akin_tiff_channels(const layout *layout) {
    int colours = layout->converted || layout->palette[0] || layout->colours > 1 ? 3 : 1;
    return colours + (layout->alpha && !layout->converted);
}

// MARK: Samples

static double half_float(uint16_t bits) {
    int exponent = bits >> 10 & 31, fraction = bits & 1023;
    double value = exponent == 31 ? (fraction ? NAN : INFINITY)
                   : exponent     ? ldexp(1024 + fraction, exponent - 25)
                                  : ldexp(fraction, -24);
    return bits >> 15 ? -value : value;
}

#define LOADED(TYPE)                                                                                                   \
    TYPE value;                                                                                                        \
    memcpy(&value, from + at * sizeof value, sizeof value)

// A sample that is no plain number.
static double real(const layout *layout, const uint8_t *from, size_t at) {
    if (layout->is_float && layout->bits == 16) {
        LOADED(uint16_t);
        return half_float(value);
    }
    if (layout->is_float && layout->bits == 32) {
        LOADED(float);
        return value;
    }
    if (layout->is_float) {
        LOADED(double);
        return value;
    }
    if (layout->bits == 8) return (int8_t)from[at];
    if (layout->bits == 16) {
        LOADED(int16_t);
        return value;
    }
    if (layout->is_signed) {
        LOADED(int32_t);
        return value;
    }
    LOADED(uint32_t);
    return value;
}

static uint32_t top_of(const layout *layout) { return layout->bits > 8 ? 65535 : 255; }

static uint16_t in_range(const layout *layout, double value) {
    double share = (value - layout->low) / (layout->high - layout->low);
    // Not a number is no comparison's answer.
    if (!(share > 0)) return 0;
    return share >= 1 ? (uint16_t)top_of(layout) : (uint16_t)(share * top_of(layout) + 0.5);
}

// A number of `bits` bits, the highest first, at a place counted in bits.
static uint32_t packed(const uint8_t *from, size_t at, unsigned bits) {
    uint32_t value = 0;
    for (unsigned left = bits; left;) {
        unsigned here = 8 - at % 8, taken = here < left ? here : left;
        value = value << taken | ((uint32_t)from[at / 8] >> (here - taken) & ((1u << taken) - 1));
        at += taken;
        left -= taken;
    }
    return value;
}

// Each `step`th sample from `first` on, over the whole range of 8 or 16 bits; a place in a palette as it is.
static void unpack(const layout *layout, const uint8_t *from, size_t first, size_t count, uint16_t *to) {
    size_t step = layout->step;
    if (layout->is_ranged) {
        for (size_t i = 0; i < count; i++) to[i] = in_range(layout, real(layout, from, first + i * step));
    } else if (layout->bits == 8) {
        for (size_t i = 0; i < count; i++) to[i] = from[first + i * step];
    } else if (layout->bits == 16) {
        for (size_t i = 0; i < count; i++) memcpy(to + i, from + 2 * (first + i * step), 2);
    } else {
        uint32_t most = (1u << layout->bits) - 1, top = layout->palette[0] ? most : top_of(layout);
        for (size_t i = 0; i < count; i++) {
            uint32_t value = packed(from, (first + i * step) * layout->bits, layout->bits);
            to[i] = (uint16_t)((value * top + most / 2) / most);
        }
    }
}

// MARK: Pixels

static void put(const layout *layout, const uint32_t *v, int channels, size_t at, void *to) {
    for (int c = 0; c < channels; c++)
        if (akin_tiff_bits(layout) == 16) ((uint16_t *)to)[at * (size_t)channels + (size_t)c] = (uint16_t)v[c];
        else ((uint8_t *)to)[at * (size_t)channels + (size_t)c] = (uint8_t)v[c];
}

// A pixel as libtiff gives it: red lowest.
static void convert_raster(const layout *layout, const uint8_t *from, size_t count, void *to) {
    for (size_t i = 0; i < count; i++) {
        uint32_t pixel;
        memcpy(&pixel, from + 4 * i, 4);
        uint32_t v[3] = {pixel & 255, pixel >> 8 & 255, pixel >> 16 & 255};
        put(layout, v, 3, i, to);
    }
}

static int is_plain(const layout *layout) {
    return !layout->is_ranged && (layout->bits == 8 || layout->bits == 16) && !layout->palette[0] &&
           !layout->multiplied && !layout->white_is_zero && !layout->lab &&
           layout->step == (size_t)akin_tiff_channels(layout) && layout->colours < 4 &&
           (!layout->alpha || (int)layout->alpha == layout->colours);
}

static uint32_t light(double linear, uint32_t top) {
    double value = linear <= 0.0031308 ? 12.92 * linear : 1.055 * pow(linear, 1 / 2.4) - 0.055;
    return value <= 0 ? 0 : value >= 1 ? top : (uint32_t)(value * top + 0.5);
}

static double cubed(double value) {
    return value > 6.0 / 29 ? value * value * value : (value - 16.0 / 116) * (108.0 / 841);
}

// CIE L*a*b* under D50, as TIFF keeps it, to sRGB.
static void rgb_from_lab(uint32_t *v, int kind, uint32_t top) {
    double half = (top + 1) / 2, lightness = (v[0] * 100.0 / top + 16) / 116, hue[2];
    for (int c = 0; c < 2; c++) {
        double value = v[c + 1];
        if (kind == 2) value -= half;
        else if (value >= half) value -= top + 1.0;
        hue[c] = value * 128 / half;
    }
    double x = 0.9642 * cubed(lightness + hue[0] / 500), y = cubed(lightness);
    double z = 0.8249 * cubed(lightness - hue[1] / 200);
    v[0] = light(3.1338561 * x - 1.6168667 * y - 0.4906146 * z, top);
    v[1] = light(-0.9787684 * x + 1.9161415 * y + 0.0334540 * z, top);
    v[2] = light(0.0719453 * x - 0.2289914 * y + 1.4052427 * z, top);
}

// A finished pixel of the unpacked samples `v`, opacity behind the colours.
static void finish(const layout *layout, uint32_t *v, uint32_t top) {
    uint32_t alpha = layout->alpha ? v[layout->colours] : top;
    if (layout->palette[0]) {
        uint32_t place = v[0];
        for (int c = 0; c < 3; c++)
            v[c] = layout->deep_palette ? layout->palette[c][place] >> 8 : layout->palette[c][place];
        // Opacity beside a palette has as many bits as a place in it.
        uint32_t most = (1u << layout->bits) - 1;
        if (layout->alpha) alpha = (alpha * 255 + most / 2) / most;
        v[3] = alpha;
        return;
    }
    if (layout->multiplied)
        for (int c = 0; c < layout->colours; c++) {
            uint64_t whole = alpha ? ((uint64_t)v[c] * top + alpha / 2) / alpha : 0;
            v[c] = whole > top ? top : (uint32_t)whole;
        }
    if (layout->white_is_zero) v[0] = top - v[0];
    if (layout->lab) rgb_from_lab(v, layout->lab, top);
    if (layout->colours == 4) {
        for (int c = 0; c < 3; c++) v[c] = (uint32_t)(((uint64_t)(top - v[c]) * (top - v[3]) + top / 2) / top);
        v[3] = alpha;
    }
}

void akin_tiff_convert(const layout *layout, const uint8_t *const *planes, size_t count, uint16_t *scratch, void *to) {
    if (layout->converted) {
        convert_raster(layout, planes[0], count, to);
        return;
    }
    if (is_plain(layout)) {
        memcpy(to, planes[0], count * layout->step * layout->bits / 8);
        return;
    }
    int stored = layout->colours + (layout->alpha != 0), channels = akin_tiff_channels(layout);
    for (int s = 0; s < stored; s++) {
        // Within a pixel, opacity may follow behind samples of no use.
        size_t first = layout->step == 1 ? 0 : s < layout->colours ? (size_t)s : layout->alpha;
        unpack(layout, planes[s], first, count, scratch + (size_t)s * count);
    }
    uint32_t top = top_of(layout);
    for (size_t i = 0; i < count; i++) {
        uint32_t v[5] = {0};
        for (int s = 0; s < stored; s++) v[s] = scratch[(size_t)s * count + i];
        finish(layout, v, top);
        put(layout, v, channels, i, to);
    }
}

// MARK: The range of what is no plain number

void akin_tiff_widen_range(layout *layout, const uint8_t *const *planes, size_t count) {
    int stored = layout->colours + (layout->alpha != 0);
    for (int s = 0; s < stored; s++) {
        size_t first = layout->step == 1 ? 0 : s < layout->colours ? (size_t)s : layout->alpha;
        for (size_t i = 0; i < count; i++) {
            double value = real(layout, planes[s], first + i * layout->step);
            if (!isfinite(value)) continue;
            if (value < layout->low) layout->low = value;
            if (value > layout->high) layout->high = value;
        }
    }
}

void akin_tiff_choose_range(layout *layout) {
    double low = layout->low, high = layout->high;
    if (layout->is_signed && layout->bits <= 16) {
        // All that such numbers can be, or half of it where none is below zero.
        double half = ldexp(1, (int)layout->bits - 1);
        layout->low = low < 0 ? -half : 0;
        layout->high = half - 1;
        return;
    }
    if (low >= 0) {
        layout->low = 0;
        layout->high = layout->is_float && high <= 1 ? 1 : high <= 255 ? 255 : high <= 65535 ? 65535 : high;
    }
    // No two values, or none at all.
    if (!(layout->high > layout->low)) layout->high = layout->low + 1;
    if (!isfinite(layout->low)) {
        layout->low = 0;
        layout->high = 1;
    }
}
