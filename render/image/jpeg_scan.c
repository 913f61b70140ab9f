/* SPDX-License-Identifier: ISC */
/*
 * jpeg_scan: the bytes between two markers are freed of the zeros that the format puts behind each
 * 0xff, so that bits can be fetched eight bytes at a time. What comes next is looked up by its
 * first LOOK bits: for a first coefficient the length of its code and of its value; for the others
 * how many bits the codes and values take that begin there, as many as are known by those bits, and
 * how many coefficients they are.
 */
#include "render/image/jpeg_scan.h"

#include <endian.h>
#include <string.h>

enum {
    LOOK = 12,
    LOOKS = 1 << LOOK,
    COEFFICIENTS = 64,
    CODE_BITS_MAX = 16,
    DC_BITS_MAX = 11, /* of a value, in pictures of 8 bits a sample; of others: */
    AC_BITS_MAX = 10,
    DC_MAX = 1 << 15, /* no sound picture comes near it */
    /* An entry of the table for the others: bits to skip, coefficients << STEPS_AT, and whether the
     * block ends behind them. */
    BITS_MASK = 31,
    STEPS_AT = 8,
    STEPS_MASK = 127,
    STEPS_UNKNOWN = 127, /* more than a block has: look at one code alone */
    ENDS = 1 << 15,
    /* Symbols: a run of zeros << 4 and the bits of the value behind it; or one of these. */
    END_OF_BLOCK = 0x00,
    SIXTEEN_ZEROS = 0xf0,
    /* Markers, after 0xff. */
    MARKER_RESTART = 0xd0,
    MARKER_END = 0xd9,
};

/* ---- codes ---- */

/* A code's words of one length are consecutive numbers, and longer ones are greater. */
struct code {
    const uint8_t *values;
    uint32_t limit[CODE_BITS_MAX + 1]; /* words of so many bits or fewer are less, as 16 bits */
    int32_t offset[CODE_BITS_MAX + 1]; /* from a word of so many bits to its place in values */
};

struct symbol {
    uint8_t bits; /* of its word; 0: there is no such word */
    uint8_t value;
};

static bool code_begin(struct code *code, const struct jpeg_scan_code *from)
{
    uint32_t word = 0;
    unsigned place = 0;
    code->values = from->values;
    code->limit[0] = 0;
    for (unsigned bits = 1; bits <= CODE_BITS_MAX; bits++) {
        word <<= 1;
        code->offset[bits] = (int32_t)place - (int32_t)word;
        word += from->counts[bits];
        place += from->counts[bits];
        if (word > UINT32_C(1) << bits || place > sizeof from->values)
            return false;
        code->limit[bits] = word << (CODE_BITS_MAX - bits);
    }
    return true;
}

/* next: the 16 bits that come. */
static struct symbol code_read(const struct code *code, uint32_t next)
{
    for (unsigned bits = 1; bits <= CODE_BITS_MAX; bits++)
        if (next < code->limit[bits]) {
            const int32_t word = (int32_t)(next >> (CODE_BITS_MAX - bits));
            return (struct symbol){(uint8_t)bits, code->values[word + code->offset[bits]]};
        }
    return (struct symbol){0};
}

/* ---- tables ---- */

struct tables {
    struct code dc_code, ac_code;
    struct symbol dc[LOOKS];
    uint16_t ac[LOOKS];
};

/* How many coefficients a symbol stands for; 0: no sound picture has it. */
static unsigned steps_of(uint8_t value)
{
    const unsigned bits = value & 15;
    return bits > AC_BITS_MAX || (bits == 0 && value != SIXTEEN_ZEROS) ? 0 : (value >> 4) + 1u;
}

/* What is known of the codes and values that begin with these LOOK bits. */
static uint16_t skip_of(const struct code *code, uint32_t look)
{
    unsigned bits = 0, steps = 0;
    while (bits < LOOK) {
        /* Bits that are not known are zeros, which a word that is longer than what is known shows.
         */
        const uint32_t next = look << (CODE_BITS_MAX - LOOK + bits) & 0xffff;
        const struct symbol symbol = code_read(code, next);
        if (symbol.bits == 0 || bits + symbol.bits > LOOK)
            break;
        if (symbol.value == END_OF_BLOCK) {
            /* It counts as one more, so that it is not taken for the end of a block that is full.
             */
            return (uint16_t)(ENDS | (steps + 1) << STEPS_AT | (bits + symbol.bits));
        }
        const unsigned more = steps_of(symbol.value);
        if (more == 0 || steps + more >= COEFFICIENTS)
            break;
        steps += more;
        bits += symbol.bits + (symbol.value & 15);
    }
    return (uint16_t)(bits == 0 ? STEPS_UNKNOWN << STEPS_AT : steps << STEPS_AT | bits);
}

static bool tables_begin(struct tables *tables, const struct jpeg_scan_component *component)
{
    if (!code_begin(&tables->dc_code, component->dc) ||
        !code_begin(&tables->ac_code, component->ac))
        return false;
    for (uint32_t look = 0; look < LOOKS; look++) {
        tables->dc[look] = code_read(&tables->dc_code, look << (CODE_BITS_MAX - LOOK));
        if (tables->dc[look].bits > LOOK)
            tables->dc[look].bits = 0;
        tables->ac[look] = skip_of(&tables->ac_code, look);
    }
    return true;
}

/* ---- bits ---- */

struct bits {
    uint64_t window; /* the next ones, from the top */
    unsigned count;  /* of those at least so many are right */
    const uint8_t *at;
};

/* At least 56 afterwards. */
static inline void refill(struct bits *bits)
{
    uint64_t next;
    memcpy(&next, bits->at, sizeof next);
    bits->window |= be64toh(next) >> bits->count;
    bits->at += (63 - bits->count) >> 3;
    bits->count |= 56;
}

static inline void skip(struct bits *bits, unsigned n)
{
    bits->window <<= n;
    bits->count -= n;
}

/* ---- blocks ---- */

/* The difference of the first coefficient from the one before: at most 27 of the bits that are
 * there. */
static inline bool read_dc(struct bits *bits, const struct tables *tables, int *difference)
{
    struct symbol symbol = tables->dc[bits->window >> (64 - LOOK)];
    if (symbol.bits == 0)
        symbol = code_read(&tables->dc_code, (uint32_t)(bits->window >> 48));
    if (symbol.bits == 0 || symbol.value > DC_BITS_MAX)
        return false;
    skip(bits, symbol.bits);
    const int value = (int)(bits->window >> 1 >> (63 - symbol.value)), all = 1 << symbol.value;
    *difference = value < all >> 1 ? value - all + 1 : value;
    skip(bits, symbol.value);
    return true;
}

struct skipped {
    struct bits bits; /* behind it */
    unsigned k;       /* coefficients of the block up to there; 0: it makes no sense */
};

/* The next symbol alone, at most 26 bits. By value, so that all others keep bits in registers. */
static struct skipped skip_one(struct bits bits, const struct tables *tables, unsigned k)
{
    refill(&bits);
    const struct symbol symbol = code_read(&tables->ac_code, (uint32_t)(bits.window >> 48));
    const unsigned more = steps_of(symbol.value);
    const bool ends = symbol.value == END_OF_BLOCK;
    if (symbol.bits == 0 || (!ends && (more == 0 || k + more > COEFFICIENTS)))
        return (struct skipped){bits, 0};
    skip(&bits, symbol.bits + (symbol.value & 15u));
    return (struct skipped){bits, ends ? COEFFICIENTS : k + more};
}

/* The same of as many as the table knows: at most 22 of the bits that are there. */
static inline unsigned skip_some(struct bits *bits, const struct tables *tables, unsigned k)
{
    const unsigned entry = tables->ac[bits->window >> (64 - LOOK)];
    const unsigned after = k + (entry >> STEPS_AT & STEPS_MASK);
    if (after > COEFFICIENTS) {
        const struct skipped skipped = skip_one(*bits, tables, k);
        *bits = skipped.bits;
        return skipped.k;
    }
    skip(bits, entry & BITS_MASK);
    return entry & ENDS ? COEFFICIENTS : after;
}

static inline bool skip_others(struct bits *bits, const struct tables *tables)
{
    unsigned k = skip_some(bits, tables, 1);
    while (k - 1 < COEFFICIENTS - 1) {
        refill(bits);
        k = skip_some(bits, tables, k);
        if (k - 1 < COEFFICIENTS - 1)
            k = skip_some(bits, tables, k);
    }
    return k == COEFFICIENTS;
}

/* ---- units ---- */

struct reading {
    const struct jpeg_scan *scan;
    const struct tables *tables[JPEG_SCAN_COMPONENTS_MAX]; /* of each component */
    int dc[JPEG_SCAN_COMPONENTS_MAX];
    struct tables room[JPEG_SCAN_COMPONENTS_MAX];
};

static uint8_t mean_of(int dc, unsigned quantum)
{
    const int64_t mean = (((int64_t)dc * quantum + 4) >> 3) + 128;
    return (uint8_t)(mean < 0 ? 0 : mean > 255 ? 255 : mean);
}

static inline bool read_block(struct reading *reading, unsigned c, struct bits *bits, uint8_t *mean)
{
    int difference;
    refill(bits);
    if (!read_dc(bits, reading->tables[c], &difference))
        return false;
    const int dc = reading->dc[c] += difference;
    *mean = mean_of(dc, reading->scan->component[c].quantum);
    return dc > -DC_MAX && dc < DC_MAX && skip_others(bits, reading->tables[c]);
}

static bool read_unit(struct reading *reading, struct bits *at, unsigned x, unsigned y)
{
    const struct jpeg_scan *scan = reading->scan;
    struct bits bits = *at;
    for (unsigned c = 0; c < scan->components; c++) {
        const struct jpeg_scan_component *one = &scan->component[c];
        const size_t stride = (size_t)scan->units_across * one->across;
        uint8_t *means = one->means + y * one->down * stride + (size_t)x * one->across;
        for (unsigned j = 0; j < one->down; j++, means += stride)
            for (unsigned i = 0; i < one->across; i++)
                if (!read_block(reading, c, &bits, &means[i]))
                    return false;
    }
    *at = bits;
    return true;
}

/* Units first to end - 1, which take these bytes, and leave no more than what fills up the last. */
static bool read_units(struct reading *reading, size_t first, size_t end, const uint8_t *bytes,
                       size_t len)
{
    const unsigned across = reading->scan->units_across;
    struct bits bits = {.at = bytes};
    memset(reading->dc, 0, sizeof reading->dc);
    for (size_t unit = first; unit < end; unit++) {
        if (!read_unit(reading, &bits, (unsigned)(unit % across), (unsigned)(unit / across)) ||
            bits.at > bytes + len + sizeof bits.window)
            return false;
    }
    const size_t used = (size_t)(bits.at - bytes) * 8 - bits.count;
    return used <= len * 8 && len * 8 - used < 8;
}

/* ---- the scan ---- */

/* Remove the zeros behind each 0xff up to the next marker, and move *at behind that. The number of
 * bytes that remain; marker: which one it is, 0 if none comes. */
static size_t unstuff(uint8_t **at, const uint8_t *end, uint8_t *marker)
{
    uint8_t *from = *at, *to = from;
    *marker = 0;
    for (;;) {
        uint8_t *stop = memchr(from, 0xff, (size_t)(end - from));
        if (!stop || stop + 1 == end)
            return 0;
        const size_t len = (size_t)(stop - from) + (stop[1] == 0);
        if (to != from)
            memmove(to, from, len);
        to += len;
        from = stop + 2;
        if (stop[1] != 0) {
            const size_t kept = (size_t)(to - *at);
            *marker = stop[1];
            *at = from;
            return kept;
        }
    }
}

static bool begin(struct reading *reading, const struct jpeg_scan *scan)
{
    const struct jpeg_scan_component *one = scan->component;
    unsigned blocks = 0;
    reading->scan = scan;
    for (unsigned c = 0; c < scan->components; c++) {
        blocks += one[c].across * one[c].down;
        if (c > 0 && one[c].dc == one[c - 1].dc && one[c].ac == one[c - 1].ac)
            reading->tables[c] = reading->tables[c - 1];
        else if (tables_begin(&reading->room[c], &one[c]))
            reading->tables[c] = &reading->room[c];
        else
            return false;
    }
    return blocks <= JPEG_SCAN_UNIT_MAX;
}

bool jpeg_scan_read(const struct jpeg_scan *scan, uint8_t *bytes, size_t len)
{
    struct reading reading;
    const size_t units = (size_t)scan->units_across * scan->units_down;
    uint8_t *at = bytes, marker;
    if (!begin(&reading, scan))
        return false;
    for (size_t unit = 0, part = 0; unit < units; part++) {
        const bool last = scan->restart == 0 || units - unit <= scan->restart;
        const size_t end = last ? units : unit + scan->restart;
        const uint8_t *segment = at;
        const size_t kept = unstuff(&at, bytes + len, &marker);
        if (marker != (last ? MARKER_END : MARKER_RESTART + part % 8) ||
            !read_units(&reading, unit, end, segment, kept))
            return false;
        unit = end;
    }
    return true;
}
