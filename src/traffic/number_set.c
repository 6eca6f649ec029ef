#include "traffic/number_set.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE_BITS = 16, PAGE = 1 << PAGE_BITS, WORDS = PAGE / 64 };

struct mh_number_page {
    uint64_t *words; /* NULL: those that are in it follow each other, from `first` on */
    uint32_t first;
    uint32_t count;
};

static int reserve_pages(struct mh_number_set *set, size_t wanted)
{
    size_t count = set->page_count ? set->page_count : 1;
    if (wanted <= set->page_count)
        return 0;

    while (count < wanted)
        count *= 2;
    struct mh_number_page *pages = realloc(set->pages, count * sizeof(*pages));
    if (!pages)
        return -ENOMEM;
    memset(pages + set->page_count, 0, (count - set->page_count) * sizeof(*pages));
    set->pages = pages;
    set->page_count = count;
    return 0;
}

/* The bits from `first` up to `end` of one word, 0 to 64. */
static uint64_t bits_between(unsigned first, unsigned end)
{
    uint64_t below_end = end == 64 ? UINT64_MAX : (UINT64_C(1) << end) - 1;

    return below_end & ~((UINT64_C(1) << first) - 1);
}

static void fill_words(struct mh_number_page *page, unsigned first, unsigned end)
{
    for (unsigned at = first; at < end;) {
        unsigned word_end = (at / 64 + 1) * 64;
        unsigned stop = end < word_end ? end : word_end;
        page->words[at / 64] |= bits_between(at % 64, stop - at / 64 * 64);
        at = stop;
    }
}

static int reserve_words(struct mh_number_page *page)
{
    if (page->words)
        return 0;

    page->words = calloc(WORDS, sizeof(*page->words));
    if (!page->words)
        return -ENOMEM;
    fill_words(page, page->first, page->first + page->count);
    return 0;
}

/* `added` of them are new in it. */
static void count_up(struct mh_number_page *page, uint32_t added)
{
    page->count += added;
    if (page->count == PAGE) {
        free(page->words);
        page->words = NULL;
        page->first = 0;
    }
}

/* Do those from `number` on follow the ones that are there? An empty page begins with them. */
static bool continues(struct mh_number_page *page, unsigned number)
{
    if (page->count == 0)
        page->first = number;
    return !page->words && number == page->first + page->count;
}

static bool has(const struct mh_number_page *page, unsigned number)
{
    return page->words ? page->words[number / 64] >> (number % 64) & 1
                       : number - page->first < page->count;
}

static int add_to_page(struct mh_number_page *page, unsigned number)
{
    if (has(page, number))
        return 0;
    if (!continues(page, number)) {
        if (reserve_words(page) < 0)
            return -ENOMEM;
        page->words[number / 64] |= UINT64_C(1) << (number % 64);
    }
    count_up(page, 1);
    return 1;
}

int mh_number_set_add(struct mh_number_set *set, uint64_t number)
{
    if (number > MH_NUMBER_MAX)
        return -ERANGE;
    if (reserve_pages(set, (size_t)(number >> PAGE_BITS) + 1) < 0)
        return -ENOMEM;

    int r = add_to_page(&set->pages[number >> PAGE_BITS], (unsigned)(number % PAGE));
    if (r > 0)
        set->count++;
    return r;
}

/* The numbers from `first` up to `end`, none of which is in it. */
static int fill_page(struct mh_number_page *page, unsigned first, unsigned end)
{
    if (!continues(page, first)) {
        if (reserve_words(page) < 0)
            return -ENOMEM;
        fill_words(page, first, end);
    }
    count_up(page, end - first);
    return 0;
}

/* Of a page whose numbers follow each other. */
static uint64_t count_in_run(const struct mh_number_page *page, unsigned first, unsigned end)
{
    unsigned run_end = page->first + page->count;

    if (first < page->first)
        first = page->first;
    if (end > run_end)
        end = run_end;
    return first < end ? end - first : 0;
}

static uint64_t count_in_page(const struct mh_number_page *page, unsigned first, unsigned end)
{
    uint64_t count = 0;

    if (!page->words)
        return count_in_run(page, first, end);
    for (unsigned at = first; at < end;) {
        unsigned word_end = (at / 64 + 1) * 64;
        unsigned stop = end < word_end ? end : word_end;
        uint64_t mask = bits_between(at % 64, stop - at / 64 * 64);
        count += (uint64_t)__builtin_popcountll(page->words[at / 64] & mask);
        at = stop;
    }
    return count;
}

uint64_t mh_number_set_count(const struct mh_number_set *set, uint64_t first, uint64_t end)
{
    uint64_t last = (uint64_t)set->page_count << PAGE_BITS;
    uint64_t count = 0;

    if (end > last)
        end = last;
    while (first < end) {
        uint64_t page_end = ((first >> PAGE_BITS) + 1) << PAGE_BITS;
        uint64_t stop = end < page_end ? end : page_end;
        unsigned length = (unsigned)(stop - first);
        unsigned begin = (unsigned)(first % PAGE);
        count += count_in_page(&set->pages[first >> PAGE_BITS], begin, begin + length);
        first = stop;
    }
    return count;
}

/* One that goes over the end of a page is rare enough to be added one by one. */
int mh_number_set_add_run(struct mh_number_set *set, uint64_t first, uint64_t count)
{
    uint64_t end = first + count;
    unsigned begin = (unsigned)(first % PAGE);

    if (first > MH_NUMBER_MAX || count > PAGE - begin || mh_number_set_count(set, first, end))
        return 0;
    if (reserve_pages(set, (size_t)(first >> PAGE_BITS) + 1) < 0)
        return -ENOMEM;
    struct mh_number_page *page = &set->pages[first >> PAGE_BITS];
    if (count > 0 && fill_page(page, begin, begin + (unsigned)count) < 0)
        return -ENOMEM;
    set->count += count;
    return 1;
}

void mh_number_set_done(struct mh_number_set *set)
{
    for (size_t i = 0; i < set->page_count; i++)
        free(set->pages[i].words);
    free(set->pages);
    *set = (struct mh_number_set){0};
}
