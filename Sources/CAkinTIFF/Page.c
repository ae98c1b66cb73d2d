#include "Page.h"

#include <math.h>
#include <stdio.h>

static int unsupported(akin_picture *picture, const char *what, unsigned number) {
    char words[100];
    snprintf(words, sizeof words, what, number);
    return akin_decoding_failed(picture, AKIN_DECODING_UNSUPPORTED,
                                "%s; 'convert FILE PICTURE.png' of ImageMagick makes a PNG file of it", words);
}

static uint16_t field(TIFF *tiff, uint32_t tag, uint16_t otherwise) {
    uint16_t value;
    return TIFFGetFieldDefaulted(tiff, tag, &value) ? value : otherwise;
}

// What is no colour: the first sample behind the colours that is said to be opacity.
static void find_alpha(TIFF *tiff, unsigned samples, layout *layout) {
    uint16_t count = 0, *kinds = NULL;
    if (!TIFFGetFieldDefaulted(tiff, TIFFTAG_EXTRASAMPLES, &count, &kinds) || !kinds) return;
    for (unsigned i = 0; i < count && (unsigned)layout->colours + i < samples; i++)
        if (kinds[i] == EXTRASAMPLE_ASSOCALPHA || kinds[i] == EXTRASAMPLE_UNASSALPHA) {
            layout->alpha = (unsigned)layout->colours + i;
            layout->multiplied = kinds[i] == EXTRASAMPLE_ASSOCALPHA;
            return;
        }
}

static int read_palette(TIFF *tiff, layout *layout, akin_picture *picture) {
    uint16_t *colours[3];
    if (layout->bits > 16 || layout->is_ranged ||
        !TIFFGetField(tiff, TIFFTAG_COLORMAP, colours, colours + 1, colours + 2))
        return akin_decoding_failed(picture, AKIN_DECODING_DAMAGED, "it has no palette");
    for (int c = 0; c < 3; c++) {
        layout->palette[c] = colours[c];
        // Some programs write 0 to 255.
        for (size_t i = 0; i < (size_t)1 << layout->bits; i++) layout->deep_palette |= colours[c][i] > 255;
    }
    return AKIN_DECODING_OK;
}

static int read_colours(page *page, unsigned samples, unsigned photometric, akin_picture *picture) {
    layout *layout = &page->layout;
    layout->colours = 1;
    int code = AKIN_DECODING_OK;
    switch (photometric) {
    case PHOTOMETRIC_MINISWHITE: layout->white_is_zero = 1; break;
    case PHOTOMETRIC_MINISBLACK:
    case PHOTOMETRIC_MASK: break;
    case PHOTOMETRIC_RGB: layout->colours = 3; break;
    case PHOTOMETRIC_PALETTE: code = read_palette(page->tiff, layout, picture); break;
    case PHOTOMETRIC_SEPARATED:
        layout->colours = 4;
        if (field(page->tiff, TIFFTAG_INKSET, INKSET_CMYK) != INKSET_CMYK)
            return unsupported(picture, "inks other than cyan, magenta, yellow and black", 0);
        break;
    case PHOTOMETRIC_YCBCR:
        layout->colours = 3;
        // libjpeg makes red, green and blue of it, except where each has a plane of its own.
        layout->converted = page->compression != COMPRESSION_JPEG || page->is_separate;
        if (!layout->converted) TIFFSetField(page->tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
        break;
    case PHOTOMETRIC_CIELAB:
    case PHOTOMETRIC_ICCLAB:
        layout->colours = 3;
        layout->lab = photometric == PHOTOMETRIC_CIELAB ? 1 : 2;
        // Some programs call a and b signed numbers.
        layout->is_signed = layout->is_ranged = 0;
        if ((layout->bits != 8 && layout->bits != 16) || layout->is_float)
            return unsupported(picture, "L*a*b* colours of %u bits", layout->bits);
        break;
    case PHOTOMETRIC_LOGL:
    case PHOTOMETRIC_LOGLUV: layout->converted = 1; break;
    default: return unsupported(picture, "colours of the kind %u", photometric);
    }
    if (code) return code;
    // These decode only all of a strip, or only to red, green and blue.
    if (page->compression == COMPRESSION_OJPEG || page->compression == COMPRESSION_JBIG) layout->converted = 1;
    if ((unsigned)layout->colours > samples && !layout->converted)
        return akin_decoding_failed(picture, AKIN_DECODING_DAMAGED, "it has fewer samples than colours");
    find_alpha(page->tiff, samples, layout);
    return code;
}

static int read_numbers(page *page, akin_picture *picture) {
    layout *layout = &page->layout;
    uint16_t bits = field(page->tiff, TIFFTAG_BITSPERSAMPLE, 1), format = field(page->tiff, TIFFTAG_SAMPLEFORMAT, 1);
    layout->bits = bits;
    layout->is_float = format == SAMPLEFORMAT_IEEEFP;
    layout->is_signed = format == SAMPLEFORMAT_INT;
    layout->is_ranged = layout->is_float || layout->is_signed || bits > 16;
    layout->low = INFINITY;
    layout->high = -INFINITY;
    if (format == SAMPLEFORMAT_COMPLEXINT || format == SAMPLEFORMAT_COMPLEXIEEEFP)
        return unsupported(picture, "complex numbers", 0);
    int known = layout->is_float    ? bits == 16 || bits == 32 || bits == 64
                : layout->is_signed ? bits == 8 || bits == 16 || bits == 32
                                    : (bits >= 1 && bits <= 16) || bits == 32;
    return known ? AKIN_DECODING_OK : unsupported(picture, "%u bits a sample", bits);
}

// In which pieces the page is decoded.
static int read_blocks(page *page, unsigned samples, akin_picture *picture) {
    TIFF *tiff = page->tiff;
    layout *layout = &page->layout;
    uint32_t rows_of_strip = 0;
    TIFFGetFieldDefaulted(tiff, TIFFTAG_ROWSPERSTRIP, &rows_of_strip);
    if (rows_of_strip > picture->height) rows_of_strip = picture->height;
    page->block_width = picture->width;
    page->block_height = layout->converted ? rows_of_strip : 1;
    if (page->is_tiled && (!TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &page->block_width) ||
                           !TIFFGetField(tiff, TIFFTAG_TILELENGTH, &page->block_height)))
        page->block_width = 0;
    if (!page->block_width || !page->block_height)
        return akin_decoding_failed(picture, AKIN_DECODING_DAMAGED, "its strips or tiles have no size");
    page->row_bytes = layout->converted ? (uint64_t)page->block_width * 4
                      : page->is_tiled  ? TIFFTileRowSize64(tiff)
                                        : TIFFScanlineSize64(tiff);
    page->block_bytes =
        page->is_tiled && !layout->converted ? TIFFTileSize64(tiff) : page->row_bytes * page->block_height;
    layout->step = page->is_separate ? 1 : samples;
    page->planes = page->is_separate && !layout->converted ? layout->colours + (layout->alpha != 0) : 1;
    uint64_t needed =
        layout->converted ? page->row_bytes : ((uint64_t)page->block_width * layout->step * layout->bits + 7) / 8;
    if (page->row_bytes < needed || page->block_bytes / page->block_height < needed)
        return akin_decoding_failed(picture, AKIN_DECODING_DAMAGED, "its rows are shorter than they have to be");
    return AKIN_DECODING_OK;
}

static uint64_t memory(const page *page, const akin_encoded *file, const akin_picture *picture) {
    uint64_t stride = (uint64_t)picture->width * (uint64_t)(picture->channels * picture->bits / 8);
    uint64_t library = (1 << 20) + (uint64_t)picture->width * 256;
    switch (page->compression) {
    case COMPRESSION_NONE:
    case COMPRESSION_LZW:
    case COMPRESSION_PACKBITS:
    case COMPRESSION_DEFLATE:
    case COMPRESSION_ADOBE_DEFLATE:
    case COMPRESSION_CCITTRLE:
    case COMPRESSION_CCITTRLEW:
    case COMPRESSION_CCITTFAX3:
    case COMPRESSION_CCITTFAX4: break;
    // These keep a strip or a tile, or its coefficients.
    default: library += 4 * (page->is_tiled ? TIFFTileSize64(page->tiff) : TIFFStripSize64(page->tiff));
    }
    uint64_t pieces = page->is_tiled ? TIFFNumberOfTiles(page->tiff) : TIFFNumberOfStrips(page->tiff);
    // libtiff's own copy of what it converts, the samples on their way, and the rows of a block.
    return library * (uint64_t)page->planes + 2 * (uint64_t)file->count + 32 * pieces +
           page->block_bytes * (uint64_t)(page->planes + (page->layout.converted ? 2 : 0)) +
           (uint64_t)page->block_width * 10 + stride * page->block_height;
}

int akin_tiff_read_page(page *page, const akin_encoded *file, akin_picture *picture) {
    TIFF *tiff = page->tiff;
    picture->orientation = field(tiff, TIFFTAG_ORIENTATION, 1);
    if (picture->orientation < 1 || picture->orientation > 8) picture->orientation = 1;
    if (!TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &picture->width) ||
        !TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &picture->height) || !picture->width || !picture->height)
        return akin_decoding_failed(picture, AKIN_DECODING_DAMAGED, "it has no pixels");
    if (picture->width > INT32_MAX / 64 || picture->height > INT32_MAX)
        return unsupported(picture, "%u pixels a row", (unsigned)picture->width);
    uint32_t depth = 1;
    TIFFGetFieldDefaulted(tiff, TIFFTAG_IMAGEDEPTH, &depth);
    if (depth > 1) return unsupported(picture, "a volume of %u slices", (unsigned)depth);
    page->compression = field(tiff, TIFFTAG_COMPRESSION, COMPRESSION_NONE);
    if (!TIFFIsCODECConfigured(page->compression)) return unsupported(picture, "the compression %u", page->compression);
    page->is_tiled = TIFFIsTiled(tiff);
    unsigned samples = field(tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
    page->is_separate = field(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG) == PLANARCONFIG_SEPARATE && samples > 1;
    uint16_t photometric;
    if (!TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &photometric)) {
        int is_fax = page->compression >= COMPRESSION_CCITTRLE && page->compression <= COMPRESSION_CCITTFAX4;
        photometric = samples >= 3 ? PHOTOMETRIC_RGB : is_fax ? PHOTOMETRIC_MINISWHITE : PHOTOMETRIC_MINISBLACK;
    }
    int code = read_numbers(page, picture);
    if (!code) code = read_colours(page, samples, photometric, picture);
    if (!code) code = read_blocks(page, samples, picture);
    if (code) return code;
    picture->row_width = picture->width;
    picture->rows = picture->height;
    picture->channels = akin_tiff_channels(&page->layout);
    picture->bits = akin_tiff_bits(&page->layout);
    uint16_t most;
    if (picture->bits == 16 && page->layout.bits == 16 && !page->layout.is_ranged &&
        TIFFGetField(tiff, TIFFTAG_MAXSAMPLEVALUE, &most))
        while (most >> picture->depth) picture->depth++;
    picture->memory = memory(page, file, picture);
    return AKIN_DECODING_OK;
}
