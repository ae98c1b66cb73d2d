// The loops of Codes.c, included once for each instruction set, which has given one row's `product` and `difference`.

static void VARIANT(code_products)(const akin_code_rows *rows, const int8_t *query, const uint32_t *numbers,
                                   size_t count, int32_t *out) {
    const size_t ahead = count < AHEAD ? count : AHEAD;
    for (size_t i = 0; i < ahead; i++) fetch_with_norm(rows, numbers[i]);
    for (size_t i = 0; i < count; i++) {
        if (i + AHEAD < count) fetch_with_norm(rows, numbers[i + AHEAD]);
        out[i] = *norm_of(rows, numbers[i]) - 2 * VARIANT(product)(query, row_at(rows, numbers[i]), rows->stride);
    }
}

static void VARIANT(code_differences)(const akin_code_rows *rows, const uint8_t *query, const uint32_t *numbers,
                                      size_t count, int32_t *out) {
    const size_t ahead = count < AHEAD ? count : AHEAD;
    for (size_t i = 0; i < ahead; i++) fetch_row(rows, numbers[i]);
    for (size_t i = 0; i < count; i++) {
        if (i + AHEAD < count) fetch_row(rows, numbers[i + AHEAD]);
        out[i] = VARIANT(difference)(query, row_at(rows, numbers[i]), rows->stride);
    }
}

static void VARIANT(code_products_of_run)(const uint8_t *rows, const int32_t *norms, size_t stride, size_t count,
                                          const int8_t *queries, size_t queryCount, int32_t *out) {
    size_t q = 0;
    for (; q + 4 <= queryCount; q += 4)
        for (size_t i = 0; i < count; i++) {
            int32_t sums[4];
            VARIANT(products_of_four)(queries + q * stride, rows + i * stride, stride, sums);
            for (size_t j = 0; j < 4; j++) out[(q + j) * count + i] = norms[i] - 2 * sums[j];
        }
    for (; q < queryCount; q++)
        for (size_t i = 0; i < count; i++)
            out[q * count + i] = norms[i] - 2 * VARIANT(product)(queries + q * stride, rows + i * stride, stride);
}

static void VARIANT(code_differences_of_run)(const uint8_t *rows, size_t stride, size_t count, const uint8_t *query,
                                             int32_t *out) {
    for (size_t i = 0; i < count; i++) out[i] = VARIANT(difference)(query, rows + i * stride, stride);
}

static size_t VARIANT(next_within)(const int32_t *values, int32_t bound, size_t from, size_t count) {
    size_t i = from;
    for (; i + 16 <= count; i += 16) {
        int found = 0;
        for (size_t j = i; j < i + 16; j++) found |= values[j] <= bound;
        if (found) break;
    }
    for (; i < count; i++)
        if (values[i] <= bound) return i;
    return count;
}

static int32_t VARIANT(encode)(const float *x, float scale, const float *offsets, float step, size_t n, int squared,
                               uint8_t *codes, double *missed) {
    int32_t norm = 0;
    double parts[8] = {0};
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        for (size_t j = 0; j < 8; j++)
            norm += encode_one(x[i + j] * scale, offsets[i + j], step, squared, codes + i + j, parts + j);
    for (; i < n; i++) norm += encode_one(x[i] * scale, offsets[i], step, squared, codes + i, parts + i % 8);
    for (size_t j = 0; j < 8; j++) *missed += parts[j];
    return norm;
}

static int32_t VARIANT(signed_codes)(const uint8_t *codes, size_t n, int8_t *out) {
    int32_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        out[i] = (int8_t)(codes[i] ^ 0x80);
        sum += out[i];
    }
    return sum;
}

const akin_code_kernels VARIANT(akin_codes) = {AKIN_CODE_KERNELS(AKIN_KERNEL_ENTRY)};
