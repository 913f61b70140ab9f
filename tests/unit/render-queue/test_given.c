/* SPDX-License-Identifier: ISC */
/* test_given: tasks that were given out, against a plain model of them. */
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "render/queue/given.h"

enum { RECORDS = 2000, OWNERS = 3 };

static int owners[OWNERS];

/* What each record is in the model. */
struct model {
    uint64_t offset[RECORDS];
    int owner[RECORDS]; /* -1: nobody's */
    bool done[RECORDS];
    size_t n;
};

static uint64_t place_of(const struct model *m, uint64_t initial)
{
    for (size_t i = 0; i < m->n; i++)
        if (!m->done[i])
            return m->offset[i];
    return m->n ? m->offset[m->n - 1] + 1 : initial;
}

static size_t first_ownerless(const struct model *m)
{
    size_t i = 0;
    while (i < m->n && (m->done[i] || m->owner[i] >= 0))
        i++;
    return i;
}

static void step(struct given *given, struct model *m, unsigned choice)
{
    int owner = rand() % OWNERS;
    uint64_t offset;
    size_t i = m->n ? (size_t)rand() % m->n : 0;
    if (choice < 4 && m->n < RECORDS) {
        offset = (m->n ? m->offset[m->n - 1] + 1 : 100) + (uint64_t)(rand() % 3); /* with gaps */
        assert_true(given_add(given, m->n, offset, &owners[owner]));
        m->offset[m->n] = offset;
        m->owner[m->n++] = owner;
    } else if (choice < 8 && m->n > 0) {
        bool may = !m->done[i] && m->owner[i] == owner;
        assert_int_equal(given_done(given, i, &owners[owner]), may);
        m->done[i] |= may;
    } else if (choice == 8) {
        i = first_ownerless(m);
        assert_int_equal(given_again(given, &owners[owner], &offset), i < m->n);
        if (i < m->n) {
            assert_int_equal(offset, m->offset[i]);
            m->owner[i] = owner;
        }
    } else if (rand() % 20 == 0) {
        given_release(given, &owners[owner]);
        for (i = 0; i < m->n; i++)
            if (!m->done[i] && m->owner[i] == owner)
                m->owner[i] = -1;
    }
    assert_int_equal(given->place, place_of(m, 100));
}

static void it_is_as_the_model_says(void **state)
{
    static struct model model;
    for (unsigned seed = 1; seed <= 5; seed++) {
        struct given given;
        srand(seed);
        memset(&model, 0, sizeof model);
        given_init(&given, 100);
        for (unsigned i = 0; i < 8000; i++)
            step(&given, &model, (unsigned)rand() % 10);
        assert_int_equal(given_count(&given) == 0,
                         place_of(&model, 100) > model.offset[model.n - 1]);
        given_finish(&given);
    }
}

static void what_is_done_takes_no_memory(void **state)
{
    struct given given;
    given_init(&given, 0);
    for (uint64_t i = 0; i < 100000; i++) {
        assert_true(given_add(&given, i, i, owners));
        if (i >= 10)
            assert_true(given_done(&given, i - 10, owners));
    }
    assert_true(given.room <= 64);
    given_finish(&given);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_as_the_model_says),
        cmocka_unit_test(what_is_done_takes_no_memory),
    };
    return cmocka_run_group_tests_name("given", tests, NULL, NULL);
}
