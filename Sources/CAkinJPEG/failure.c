#include "failure.h"

#include <jerror.h>

// What reads a variant that the installed library does not.
#define CONVERTER "; 'djpeg -outfile PICTURE.ppm FILE' of libjpeg-turbo 3 converts it"

static _Noreturn void leave(j_common_ptr codec, enum akin_decoding_code code) {
    failure *state = (failure *)codec->err;
    state->code = code;
    char message[JMSG_LENGTH_MAX];
    codec->err->format_message(codec, message);
    snprintf(state->message, 200, "%s", message);
    longjmp(state->exit, 1);
}

static _Noreturn void leave_unsupported(j_common_ptr codec, const char *variant) {
    failure *state = (failure *)codec->err;
    state->code = AKIN_DECODING_UNSUPPORTED;
    snprintf(state->message, 200, "%s", variant);
    longjmp(state->exit, 1);
}

static _Noreturn void leave_precision(j_common_ptr codec) {
    char variant[200];
    snprintf(variant, sizeof variant, "%d bits a sample" CONVERTER, codec->err->msg_parm.i[0]);
    leave_unsupported(codec, variant);
}

// Whatever comes up behind the end of the file comes of that.
static enum akin_decoding_code fault(j_common_ptr codec) {
    return ((failure *)codec->err)->ended ? AKIN_DECODING_TRUNCATED : AKIN_DECODING_DAMAGED;
}

static void on_error(j_common_ptr codec) {
    switch (codec->err->msg_code) {
    case JERR_OUT_OF_MEMORY: leave(codec, AKIN_DECODING_OUT_OF_MEMORY);
    case JERR_BAD_PRECISION: leave_precision(codec);
    case JERR_UNKNOWN_MARKER:
        if (codec->err->msg_parm.i[0] == 0xF7)
            leave_unsupported(codec, "JPEG-LS; 'ffmpeg -i FILE PICTURE.png' converts it");
        break;
    case JERR_SOF_UNSUPPORTED:
        switch (codec->err->msg_parm.i[0]) {
        case 0xC3:
        case 0xCB: leave_unsupported(codec, "lossless" CONVERTER);
        case 0xC5:
        case 0xC6:
        case 0xC7:
        case 0xCD:
        case 0xCE:
        case 0xCF: leave(codec, AKIN_DECODING_UNSUPPORTED);
        }
    }
    leave(codec, fault(codec));
}

// libjpeg goes on after a warning and fills what is missing with grey; to us that is an error. Others are
// harmless: stray bytes between segments, which some cameras write, or an unknown version of a header.
static void on_message(j_common_ptr codec, int level) {
    if (level >= 0) return;
    failure *state = (failure *)codec->err;
    switch (codec->err->msg_code) {
    case JWRN_JPEG_EOF:
        // A file may lack its end marker alone: then nothing else comes up. Of arithmetic codes there is no telling.
        state->ended = 1;
        if (state->reads_header || (codec->is_decompressor && ((j_decompress_ptr)codec)->arith_code))
            leave(codec, AKIN_DECODING_TRUNCATED);
        return;
    case JWRN_HIT_MARKER: leave(codec, AKIN_DECODING_TRUNCATED);
    case JWRN_HUFF_BAD_CODE:
    case JWRN_ARITH_BAD_CODE:
    case JWRN_BOGUS_PROGRESSION:
    case JWRN_MUST_RESYNC: leave(codec, fault(codec));
    }
}

static void ignore(j_common_ptr codec) { (void)codec; }

void akin_jpeg_prepare(failure *state, char *message) {
    jpeg_std_error(&state->manager);
    state->manager.error_exit = on_error;
    state->manager.emit_message = on_message;
    state->manager.output_message = ignore;
    state->code = AKIN_DECODING_OK;
    state->message = message;
    state->reads_header = 0;
    state->ended = 0;
    message[0] = 0;
}

#define AKIN_TEXT(VERSION) #VERSION
#define AKIN_TEXT_OF(MACRO) AKIN_TEXT(MACRO)

const char *akin_jpeg_version(void) {
#ifdef LIBJPEG_TURBO_VERSION
    return AKIN_TEXT_OF(LIBJPEG_TURBO_VERSION);
#else
    return NULL;
#endif
}
