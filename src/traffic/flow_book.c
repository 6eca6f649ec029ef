#include "traffic/flow_book.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 4 };

struct mh_flow_account *mh_flow_book_find(const struct mh_flow_book *book, uint32_t flow)
{
    return flow < book->capacity ? book->accounts[flow] : NULL;
}

static bool reserve(struct mh_flow_book *book, uint32_t flow)
{
    size_t capacity = book->capacity ? book->capacity : FIRST_CAPACITY;
    if (flow < book->capacity)
        return true;

    while (capacity <= flow)
        capacity *= 2;
    struct mh_flow_account **accounts =
        reallocarray(book->accounts, capacity, sizeof(*accounts));
    if (!accounts)
        return false;
    memset(accounts + book->capacity, 0, (capacity - book->capacity) * sizeof(*accounts));
    book->accounts = accounts;
    book->capacity = capacity;
    return true;
}

struct mh_flow_account *mh_flow_book_open(
    struct mh_flow_book *book, uint32_t flow, uint64_t start_ns)
{
    if (!reserve(book, flow))
        return NULL;

    struct mh_flow_account *account = calloc(1, sizeof(*account));
    if (account)
        account->start_ns = start_ns;
    book->accounts[flow] = account;
    return account;
}

void mh_flow_book_done(struct mh_flow_book *book)
{
    for (size_t i = 0; i < book->capacity; i++) {
        if (book->accounts[i])
            mh_flow_account_done(book->accounts[i]);
        free(book->accounts[i]);
    }
    free(book->accounts);
    *book = (struct mh_flow_book){0};
}
