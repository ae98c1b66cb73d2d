#include "CAkinOpenJPEG.h"
#include "Header.h"

#include <string.h>

#include <openjpeg.h>

// MARK: The file as a stream

typedef struct {
    const uint8_t *bytes;
    // Of the file, and with the mark behind its last tile, where it lacks only that.
    size_t stored, count, position;
} source;

static OPJ_SIZE_T read_bytes(void *to, OPJ_SIZE_T count, void *context) {
    static const uint8_t end[] = {0xFF, 0xD9};
    source *from = context;
    int is_stored = from->position < from->stored;
    size_t left = (is_stored ? from->stored : from->count) - from->position;
    if (!left) return (OPJ_SIZE_T)-1;
    if (count > left) count = left;
    memcpy(to, is_stored ? from->bytes + from->position : end + (from->position - from->stored), count);
    from->position += count;
    return count;
}

static OPJ_BOOL seek_to(OPJ_OFF_T position, void *context) {
    source *from = context;
    if (position < 0 || (uint64_t)position > from->count) return OPJ_FALSE;
    from->position = (size_t)position;
    return OPJ_TRUE;
}

static OPJ_OFF_T skip_bytes(OPJ_OFF_T count, void *context) {
    source *from = context;
    if (count < 0) return -1;
    size_t left = from->count - from->position;
    if (!left && count) return -1;
    if ((uint64_t)count > left) count = (OPJ_OFF_T)left;
    from->position += (size_t)count;
    return count;
}

static void on_error(const char *message, void *context) {
    akin_picture *picture = context;
    // The first says what is wrong, those after it what could not be done therefore.
    if (picture->message[0]) return;
    akin_decoding_failed(picture, AKIN_DECODING_DAMAGED, "%s", message);
    picture->message[strcspn(picture->message, "\n")] = 0;
}

static void ignore(const char *message, void *context) {
    (void)message;
    (void)context;
}

// MARK: Sizes

static uint32_t halved(uint32_t side, uint32_t times) {
    return (uint32_t)(((uint64_t)side + (1u << times) - 1) >> times);
}

static uint32_t without_alpha(const header *header) {
    uint32_t count = header->channels;
    if (header->has_definitions) return count - (header->alpha && count > 1);
    return count == 2 || (count == 4 && header->space != spaceCMYK) ? count - 1 : count;
}

// Whether a side that is halved so often is still four times as long as it is wanted. What is left of a side that was
// halved by wavelets is not its pixels' mean: to be that, it has to be averaged further.
static int is_ample(uint32_t low, uint32_t high, uint32_t times, uint32_t wanted) {
    return halved(high, times) - halved(low, times) >= 4 * (uint64_t)wanted;
}

// Returns how often the resolution is halved.
static uint32_t measure(const akin_encoded *file, const header *header, akin_picture *picture) {
    picture->width = header->right - header->left;
    picture->height = header->bottom - header->top;
    uint32_t times = 0;
    for (;; times++) {
        picture->row_width = halved(header->right, times) - halved(header->left, times);
        picture->rows = halved(header->bottom, times) - halved(header->top, times);
        if (!file->target_width || times == header->levels || times == 30) break;
        if (!is_ample(header->left, header->right, times + 1, file->target_width) ||
            !is_ample(header->top, header->bottom, times + 1, file->target_height))
            break;
    }
    uint32_t colours = without_alpha(header);
    picture->channels =
        (colours >= 3 ? 3 : 1) + (colours < header->channels && (header->alpha || !header->has_definitions));
    picture->bits = header->depth > 8 ? 16 : 8;

    uint64_t pixels = (uint64_t)picture->row_width * picture->rows,
             tiles = (uint64_t)header->tiles_across * header->tiles_down;
    uint64_t tile = (uint64_t)halved(header->tile_width, times) * halved(header->tile_height, times);
    if (tile > pixels) tile = pixels;
    uint64_t components = header->components;
    // All samples take four bytes. A picture of one tile is not copied; a palette gives more samples. The rest is what
    // the library keeps of each tile, code block and precinct, and of each layer of the precincts.
    picture->memory = (1 << 20) + 2 * (uint64_t)file->count +
                      4 * pixels * (components + (header->palette ? header->channels : 0)) +
                      (tiles > 1 ? 4 * tile * components : 0) + tiles * (6000 + 1200 * components) +
                      components * (header->blocks * 700 + header->precincts * 500) +
                      2 * components * header->precincts * header->layers;
    return times;
}

// MARK: Rows

// A channel of the picture, with the numbers by which a place on the grid becomes one in it.
typedef struct {
    const opj_image_comp_t *component;
    int64_t below, most;
} channel;

static uint32_t sample(const channel *from, uint64_t x, uint64_t y, uint32_t top) {
    const opj_image_comp_t *component = from->component;
    // A component may have fewer samples than the picture.
    if (x >= component->w) x = component->w - 1;
    if (y >= component->h) y = component->h - 1;
    int64_t value = component->data[y * component->w + x] + from->below;
    if (value < 0) value = 0;
    if (value > from->most) value = from->most;
    if (from->most == top) return (uint32_t)value;
    return (uint32_t)(((uint64_t)value * top + (uint64_t)from->most / 2) / (uint64_t)from->most);
}

static uint32_t clamped(double value, uint32_t top) {
    return value <= 0 ? 0 : value >= top ? top : (uint32_t)(value + 0.5);
}

static void rgb_from_ycc(uint32_t *v, uint32_t top) {
    double y = v[0], blue = (double)v[1] - (top + 1) / 2, red = (double)v[2] - (top + 1) / 2;
    v[0] = clamped(y + 1.402 * red, top);
    v[1] = clamped(y - 0.344136 * blue - 0.714136 * red, top);
    v[2] = clamped(y + 1.772 * blue, top);
}

static void rgb_from_cmyk(uint32_t *v, uint32_t top) {
    for (int c = 0; c < 3; c++) v[c] = (uint32_t)(((uint64_t)(top - v[c]) * (top - v[3]) + top / 2) / top);
}

static void undo_alpha(uint32_t *v, int colours, uint32_t alpha, uint32_t top) {
    for (int c = 0; c < colours; c++) {
        uint64_t whole = alpha ? ((uint64_t)v[c] * top + alpha / 2) / alpha : 0;
        v[c] = whole > top ? top : (uint32_t)whole;
    }
}

typedef struct {
    // The colours in their order, and opacity behind them.
    channel channels[5];
    int stored, given, alpha, multiplied, ycc;
    // From a place in the rows to one on the grid at this resolution.
    uint32_t left, top;
} plan;

static channel channel_of(const opj_image_comp_t *component) {
    channel made = {.component = component};
    made.most = ((int64_t)1 << component->prec) - 1;
    made.below = component->sgnd ? (int64_t)1 << (component->prec - 1) : 0;
    return made;
}

// Finds the colours and the opacity among the decoded components.
static int make_plan(const opj_image_t *image, const header *header, const akin_picture *picture, plan *plan) {
    plan->given = picture->channels >= 3 ? 3 : 1;
    plan->alpha = picture->channels % 2 == 0;
    plan->stored = header->space == spaceCMYK && plan->given == 3 && without_alpha(header) >= 4 ? 4 : plan->given;
    const opj_image_comp_t *opacity = NULL;
    int found = 0;
    for (uint32_t i = 0; i < image->numcomps; i++) {
        const opj_image_comp_t *component = &image->comps[i];
        if (!component->data || !component->w || !component->h || component->prec < 1 || component->prec > 31) return 0;
        // The library has put the colours first, but has lost what it knew of opacity that stood before them.
        if (found < plan->stored) plan->channels[found++] = channel_of(component);
        else if (plan->alpha && (!opacity || component->alpha == 1 || component->alpha == 2)) opacity = component;
    }
    if (found < plan->stored || (plan->alpha && !opacity)) return 0;
    if (plan->alpha) plan->channels[plan->stored] = channel_of(opacity);
    plan->multiplied = plan->alpha && header->alpha == 2;
    const opj_image_comp_t *first = plan->channels[0].component, *second = plan->channels[1].component;
    // A bare codestream does not say it, but only hues are stored with fewer samples.
    plan->ycc = plan->stored == 3 && (header->space == spaceYCC || header->space == spaceEYCC ||
                                      (!header->space && first->dx == 1 && second->dx > 1));
    return 1;
}

static int hand_on(const plan *plan, const header *header, uint32_t times, const akin_picture *picture,
                   akin_rows *rows) {
    uint32_t top = picture->bits == 16 ? 65535 : 255;
    uint32_t left = halved(header->left, times), above = halved(header->top, times);
    for (uint32_t y = 0; y < picture->rows; y++) {
        uint8_t *bytes = rows->room;
        uint16_t *words = rows->room;
        for (uint32_t x = 0; x < picture->row_width; x++) {
            uint32_t v[5] = {0};
            for (int c = 0; c < plan->stored + plan->alpha; c++) {
                const opj_image_comp_t *component = plan->channels[c].component;
                uint64_t column = ((uint64_t)left + x) / component->dx, first = halved(component->x0, times);
                uint64_t line = ((uint64_t)above + y) / component->dy, uppermost = halved(component->y0, times);
                v[c] = sample(&plan->channels[c], column > first ? column - first : 0,
                              line > uppermost ? line - uppermost : 0, top);
            }
            uint32_t alpha = v[plan->stored];
            if (plan->multiplied) undo_alpha(v, plan->stored, alpha, top);
            if (plan->ycc) rgb_from_ycc(v, top);
            if (plan->stored == 4) rgb_from_cmyk(v, top);
            if (plan->alpha) v[plan->given] = alpha;
            for (int c = 0; c < picture->channels; c++)
                if (picture->bits == 16) *words++ = (uint16_t)v[c];
                else *bytes++ = (uint8_t)v[c];
        }
        if (rows->take(rows, rows->room)) return AKIN_DECODING_STOPPED;
    }
    return AKIN_DECODING_OK;
}

// MARK: The library

static opj_image_t *decode(opj_stream_t *stream, opj_codec_t *codec, uint32_t times) {
    opj_dparameters_t parameters;
    opj_set_default_decoder_parameters(&parameters);
    opj_image_t *image = NULL;
    if (!opj_setup_decoder(codec, &parameters) || !opj_read_header(stream, codec, &image) ||
        (times && !opj_set_decoded_resolution_factor(codec, times)) || !opj_decode(codec, stream, image)) {
        opj_image_destroy(image);
        return NULL;
    }
    return image;
}

static opj_image_t *decoded(source *from, const header *header, uint32_t times, akin_picture *picture) {
    opj_image_t *image = NULL;
    opj_stream_t *stream = opj_stream_default_create(OPJ_TRUE);
    opj_codec_t *codec = opj_create_decompress(header->boxed ? OPJ_CODEC_JP2 : OPJ_CODEC_J2K);
    if (stream && codec) {
        opj_stream_set_user_data(stream, from, NULL);
        opj_stream_set_user_data_length(stream, from->count);
        opj_stream_set_read_function(stream, read_bytes);
        opj_stream_set_skip_function(stream, skip_bytes);
        opj_stream_set_seek_function(stream, seek_to);
        opj_set_info_handler(codec, ignore, NULL);
        opj_set_warning_handler(codec, ignore, NULL);
        opj_set_error_handler(codec, on_error, picture);
        image = decode(stream, codec, times);
    }
    if (codec) opj_destroy_codec(codec);
    if (stream) opj_stream_destroy(stream);
    return image;
}

static int measured(const akin_encoded *file, header *header, uint32_t *times, akin_picture *picture) {
    int code = akin_openjpeg_read_header(file, header, picture);
    if (!code) *times = measure(file, header, picture);
    return code;
}

int akin_openjpeg_measure(const akin_encoded *file, akin_picture *picture) {
    header header;
    uint32_t times;
    return measured(file, &header, &times, picture);
}

int akin_openjpeg_decode(const akin_encoded *file, akin_picture *picture, akin_rows *rows) {
    header header;
    uint32_t times;
    int code = measured(file, &header, &times, picture);
    int lacks_end = 0;
    if (!code) code = akin_openjpeg_check_tiles(file, &header, picture, &lacks_end);
    if (code) return code;
    if (picture->memory > file->memory)
        return akin_decoding_failed(picture, AKIN_DECODING_OUT_OF_MEMORY, "not enough memory");
    if (!akin_rows_fit(rows, picture))
        return akin_decoding_failed(picture, AKIN_DECODING_DAMAGED, "unexpected row length");
    source from = {.bytes = file->bytes, .stored = file->count, .count = file->count + (lacks_end ? 2 : 0)};
    opj_image_t *image = decoded(&from, &header, times, picture);
    plan plan = {0};
    if (!image) {
        code = AKIN_DECODING_DAMAGED;
        if (!picture->message[0]) akin_decoding_failed(picture, code, "not as its format says");
    } else if (!make_plan(image, &header, picture, &plan))
        code = akin_decoding_failed(picture, AKIN_DECODING_DAMAGED, "its channels are not those that it names");
    else code = hand_on(&plan, &header, times, picture, rows);
    if (code == AKIN_DECODING_OK || code == AKIN_DECODING_STOPPED) picture->message[0] = 0;
    opj_image_destroy(image);
    return code;
}

const char *akin_openjpeg_version(void) { return opj_version(); }
