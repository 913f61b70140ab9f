/* SPDX-License-Identifier: ISC */
/* rfc3339: the calendar of Gregory, counted in days from the first of March of the year 0, so that
 * the day that some years have more comes last. */
#include "core/rfc3339.h"

#include <stdio.h>

enum {
    DAYS_TO_1970 = 719468, /* from 0000-03-01 */
    DAYS_400_YEARS = 146097,
    MS_A_DAY = 86400000,
};

struct cursor {
    const char *at, *end;
};

/* n digits, as a number from low to high. */
static bool number(struct cursor *c, int n, int low, int high, int *value)
{
    int sum = 0;
    for (; n > 0; n--, c->at++) {
        if (c->at == c->end || *c->at < '0' || *c->at > '9')
            return false;
        sum = sum * 10 + (*c->at - '0');
    }
    *value = sum;
    return sum >= low && sum <= high;
}

static bool one_of(struct cursor *c, const char *characters)
{
    if (c->at == c->end)
        return false;
    for (; *characters; characters++) {
        if (*c->at == *characters) {
            c->at++;
            return true;
        }
    }
    return false;
}

static int days_of_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

/* Days since 1970. */
static int64_t days_from(int year, int month, int day)
{
    int64_t y = year - (month <= 2); /* the year that began in March */
    int64_t era = (y >= 0 ? y : y - 399) / 400, in_era = y - era * 400;
    int64_t in_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * DAYS_400_YEARS + in_era * 365 + in_era / 4 - in_era / 100 + in_year - DAYS_TO_1970;
}

/* Milliseconds of the fraction that may be here. */
static bool fraction(struct cursor *c, int *ms)
{
    *ms = 0;
    if (!one_of(c, "."))
        return true;
    int digits = 0, digit;
    for (int weight = 100; c->at < c->end && *c->at >= '0' && *c->at <= '9'; weight /= 10) {
        number(c, 1, 0, 9, &digit);
        *ms += digit * weight;
        digits++;
    }
    return digits > 0;
}

/* Minutes to be subtracted. */
static bool zone(struct cursor *c, int *minutes)
{
    int hour, minute;
    *minutes = 0;
    if (one_of(c, "Zz"))
        return true;
    bool west = c->at < c->end && *c->at == '-';
    if (!one_of(c, "+-") || !number(c, 2, 0, 23, &hour) || !one_of(c, ":") ||
        !number(c, 2, 0, 59, &minute))
        return false;
    *minutes = (west ? -1 : 1) * (hour * 60 + minute);
    return true;
}

bool rfc3339_parse(const char *text, size_t len, int64_t *time_ms)
{
    struct cursor c = {text, text + len};
    int year, month, day, hour, minute, second, ms, offset;
    if (!number(&c, 4, 0, 9999, &year) || !one_of(&c, "-") || !number(&c, 2, 1, 12, &month) ||
        !one_of(&c, "-") || !number(&c, 2, 1, days_of_month(year, month), &day) ||
        !one_of(&c, "Tt ") || !number(&c, 2, 0, 23, &hour) || !one_of(&c, ":") ||
        !number(&c, 2, 0, 59, &minute) || !one_of(&c, ":") || !number(&c, 2, 0, 60, &second) ||
        !fraction(&c, &ms) || !zone(&c, &offset) || c.at != c.end)
        return false;
    int64_t minutes = (days_from(year, month, day) * 24 + hour) * 60 + minute - offset;
    *time_ms = (minutes * 60 + second) * 1000 + ms;
    return true;
}

bool rfc3339_write(char text[RFC3339_BYTES], int64_t time_ms)
{
    int64_t in_day = time_ms % MS_A_DAY, days = time_ms / MS_A_DAY;
    if (in_day < 0) {
        in_day += MS_A_DAY;
        days--;
    }
    days += DAYS_TO_1970;
    if (days < 0 || days >= 26 * (int64_t)DAYS_400_YEARS)
        return false;
    int64_t era = days / DAYS_400_YEARS, in_era = days % DAYS_400_YEARS;
    int64_t year_of_era =
        (in_era - in_era / 1460 + in_era / 36524 - in_era / (DAYS_400_YEARS - 1)) / 365;
    int64_t in_year = in_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t from_march = (5 * in_year + 2) / 153;
    int day = (int)(in_year - (153 * from_march + 2) / 5 + 1);
    int month = (int)(from_march < 10 ? from_march + 3 : from_march - 9);
    int64_t year = era * 400 + year_of_era + (month <= 2);
    if (year < 1 || year > 9999)
        return false;
    int second = (int)(in_day / 1000);
    snprintf(text, RFC3339_BYTES, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ", (unsigned)year % 10000,
             (unsigned)month % 100, (unsigned)day % 100, (unsigned)(second / 3600) % 100,
             (unsigned)(second / 60 % 60), (unsigned)(second % 60), (unsigned)(in_day % 1000));
    return true;
}
