/* SPDX-License-Identifier: ISC */
/* pseudonym: see pseudonym.h. The words are part of what people know each other by: never change
 * their order. None is a slur, a colour of skin or a word for a body, alone or beside another. */
#include "identity/pseudonym.h"

#include <inttypes.h>
#include <stdio.h>

#include "rules/visitor.h"

enum {
    WORDS = 64,
    NUMBERS = 100,
};

static const char first[WORDS][8] = {
    "amber",  "azure",  "birch",   "brass",  "breezy", "bright", "brisk",  "calm",
    "cedar",  "cherry", "clear",   "clever", "cloudy", "clover", "copper", "coral",
    "cosy",   "cotton", "crystal", "dapper", "early",  "ember",  "fern",   "frosty",
    "gentle", "gilded", "glad",    "golden", "happy",  "hazel",  "honey",  "indigo",
    "ivory",  "jade",   "jolly",   "keen",   "kind",   "lemon",  "lilac",  "lively",
    "lunar",  "maple",  "mellow",  "merry",  "minty",  "misty",  "mossy",  "noble",
    "olive",  "opal",   "pearl",   "plucky", "quiet",  "ruby",   "rustic", "silver",
    "snowy",  "spry",   "starry",  "sunny",  "teal",   "tidy",   "velvet", "windy",
};

static const char second[WORDS][12] = {
    "badger",  "beetle",   "bison",    "bittern", "bunting", "crane",    "cricket",  "curlew",
    "dolphin", "dormouse", "dove",     "egret",   "eider",   "falcon",   "ferret",   "finch",
    "fox",     "gannet",   "gecko",    "grebe",   "hare",    "hedgehog", "heron",    "ibex",
    "jay",     "kestrel",  "kingfish", "koala",   "lark",    "linnet",   "llama",    "lynx",
    "magpie",  "marmot",   "marten",   "moth",    "newt",    "nuthatch", "oriole",   "osprey",
    "otter",   "owl",      "panda",    "pelican", "penguin", "plover",   "puffin",   "quail",
    "rabbit",  "raven",    "robin",    "salmon",  "seal",    "sparrow",  "starling", "stoat",
    "swift",   "tern",     "toad",     "trout",   "turtle",  "walrus",   "wagtail",  "wren",
};

void pseudonym_write(uint64_t author, char name[PSEUDONYM_BYTES])
{
    if (author & AUTHOR_PERSON)
        snprintf(name, PSEUDONYM_BYTES, "%s-%s-%u", first[author % WORDS],
                 second[author / WORDS % WORDS],
                 (unsigned)((author & ~AUTHOR_PERSON) / (WORDS * WORDS) % NUMBERS));
    else if (author == 0)
        snprintf(name, PSEUDONYM_BYTES, "operator");
    else
        snprintf(name, PSEUDONYM_BYTES, "action-%" PRIu32, (uint32_t)author);
}
