#pragma once

#include <stddef.h>
#include <stdint.h>

// How a page's samples are stored, and what pixels they become.
typedef struct {
    // Of a sample: 1 to 16, or 32 and 64. `is_float` and `is_signed` of what is no plain number.
    unsigned bits;
    int is_float, is_signed;
    // Samples of a pixel that follow each other; 1 where each has a plane of its own.
    size_t step;
    // The stored colours: 1 grey or a place in the palette, 3, or 4 inks.
    int colours;
    // The sample that is opacity, 0 where there is none; whether colours were multiplied by it.
    unsigned alpha;
    int multiplied;
    int white_is_zero;
    // Whether the colours are CIE L*a*b*: 1 with a and b below zero, 2 with these moved up by half their range.
    int lab;
    // The palette, or NULL; whether its numbers go to 65,535.
    const uint16_t *palette[3];
    int deep_palette;
    // libtiff makes red, green, blue and opacity of it, of 8 bits.
    int converted;
    // What is no plain number is brought to the range from `low` to `high`.
    int is_ranged;
    double low, high;
} layout;

// Channels of a finished pixel, and their bits.
int akin_tiff_channels(const layout *layout);
int akin_tiff_bits(const layout *layout);

// Pixels of one row become finished ones. `planes`: where each stored colour lies, and opacity behind them; all the
// same where samples follow each other. `scratch` holds 5 * count numbers.
void akin_tiff_convert(const layout *layout, const uint8_t *const *planes, size_t count, uint16_t *scratch, void *to);

// Widens the range from `low` to `high` by those pixels.
void akin_tiff_widen_range(layout *layout, const uint8_t *const *planes, size_t count);

// Once all pixels were seen: the smallest usual range that holds them.
void akin_tiff_choose_range(layout *layout);
