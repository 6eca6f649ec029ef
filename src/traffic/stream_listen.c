#include "traffic/stream_private.h"

#include <stdlib.h>
#include <string.h>

static struct mh_stream *find_stream(const struct mh_traffic *traffic, uint32_t flow)
{
    return flow < traffic->stream_count ? traffic->streams[flow] : NULL;
}

static bool is_relentless(const struct mh_stream *stream)
{
    return stream->plan.rate_upps == 0;
}

/* One that cannot be noted is read by the loop, later. */
static void add_listener(struct mh_stream *stream, struct mh_traffic_member *member,
    const struct mh_flow_account *account)
{
    if (stream->listener_count == stream->listener_capacity) {
        size_t capacity = stream->listener_capacity ? stream->listener_capacity * 2 : 4;
        struct mh_stream_listener *listeners =
            reallocarray(stream->listeners, capacity, sizeof(*listeners));
        if (!listeners)
            return;
        stream->listeners = listeners;
        stream->listener_capacity = capacity;
    }
    stream->listeners[stream->listener_count++] =
        (struct mh_stream_listener){.member = member, .account = account};
    if (is_relentless(stream))
        member->leave_to(member, true);
}

void mh_stream_take_sender(struct mh_stream *stream)
{
    struct mh_traffic_member *sender = mh_endpoint_member(stream->sender);

    if (is_relentless(stream))
        sender->leave_to(sender, true);
    stream->reads_sender = is_relentless(stream);
}

static void release_sender(struct mh_stream *stream)
{
    if (stream->reads_sender) {
        struct mh_traffic_member *sender = mh_endpoint_member(stream->sender);
        sender->leave_to(sender, false);
    }
    stream->reads_sender = false;
}

void mh_stream_release_members(struct mh_stream *stream)
{
    release_sender(stream);
    for (size_t i = 0; is_relentless(stream) && i < stream->listener_count; i++)
        stream->listeners[i].member->leave_to(stream->listeners[i].member, false);
    stream->listener_count = 0;
}

static struct mh_flow_account *account_for(
    struct mh_flow_book *book, struct mh_stream *stream, struct mh_traffic_member *reader)
{
    struct mh_flow_account *account = mh_flow_book_find(book, stream->of.flow);
    if (account)
        return account;

    account = mh_flow_book_open(book, stream->of.flow, stream->status.start_ns);
    if (account && stream->status.running && !stream->worker)
        add_listener(stream, reader, account);
    return account;
}

/* The filling is the same in each: compared with a single one of them, that one stays in the
 * processor's nearest cache. Where there is little of it, it is quicker to look at all at once.
 */
static bool is_train(
    const struct mh_stream *stream, size_t at, size_t count, const uint8_t *bytes)
{
    enum { LITTLE = 512, HEADER = MH_PROBE_LONG_SIZE_MIN };
    size_t size = stream->plan.size;

    if (size <= LITTLE)
        return memcmp(bytes, mh_train_slot(stream->train, at), count * size) == 0;
    const uint8_t *filling = mh_train_slot(stream->train, 0) + HEADER;
    for (; count > 0; count--, at++, bytes += size)
        if (memcmp(bytes, mh_train_slot(stream->train, at), HEADER) != 0 ||
            memcmp(bytes + HEADER, filling, size - HEADER) != 0)
            return false;
    return true;
}

/* Do these probes, of `first` on, stand in its train, byte for byte? A worker's train is being
 * written meanwhile. */
static bool has_written(const struct mh_stream *stream, const struct mh_probe *first,
    size_t count, const uint8_t *bytes)
{
    if (stream->worker)
        return false;
    uint64_t at = first->number - stream->written_from;

    return stream->status.running && first->length == stream->plan.size &&
           at < stream->written && count <= stream->written - at &&
           is_train(stream, (size_t)at, count, bytes);
}

/* Of each in what is a train, perhaps. */
static size_t size_of_each(const struct mh_datagram *datagram)
{
    return datagram->segment_size ? datagram->segment_size : datagram->length;
}

/* Of the first one in it. */
static struct mh_probe read_probe(
    const struct mh_traffic *traffic, const struct mh_datagram *datagram)
{
    return mh_probe_read(
        datagram->payload, size_of_each(datagram), traffic->run, datagram->time_ns);
}

void mh_stream_expect(const struct mh_traffic *traffic, const struct mh_flow_book *book,
    const struct mh_datagram *datagram)
{
    if (datagram->length < MH_PROBE_SIZE_MIN)
        return;
    struct mh_probe probe = read_probe(traffic, datagram);
    const struct mh_flow_account *account = mh_flow_book_find(book, probe.of.flow);
    if (account)
        mh_flow_account_expect(account, probe.time_ns, datagram->time_ns);
}

/* What is the same as was sent is intact: that holds more than a check sum, and costs less than
 * to take one over each. */
bool mh_stream_take_as_sent(const struct mh_traffic *traffic, struct mh_flow_book *book,
    const struct mh_datagram *datagram)
{
    size_t each = size_of_each(datagram);
    if (each < MH_PROBE_SIZE_MIN || datagram->length % each != 0)
        return false;

    struct mh_probe first = read_probe(traffic, datagram);
    const struct mh_stream *stream = find_stream(traffic, first.of.flow);
    struct mh_flow_account *account = mh_flow_book_find(book, first.of.flow);
    size_t count = datagram->length / each;
    if (!stream || !account || first.length != each ||
        !has_written(stream, &first, count, datagram->payload))
        return false;
    book->probes += count;
    mh_flow_account_take_run(
        account, &first, (uint32_t)count, datagram->time_ns, datagram->ttl);
    return true;
}

/* The stream of this run whose probe it is, if it is one. A short one is so only of a stream
 * whose probes are: it says too little of itself to be told from what is none. */
static struct mh_stream *stream_of(const struct mh_traffic *traffic,
    const struct mh_probe *probe, const struct mh_datagram *datagram)
{
    struct mh_stream *stream = find_stream(traffic, probe->of.flow);

    if (stream && mh_probe_is_short(datagram->length) && !mh_probe_is_short(stream->plan.size))
        return NULL;
    return stream;
}

bool mh_stream_take_datagram(struct mh_traffic *traffic, struct mh_flow_book *book,
    struct mh_traffic_member *reader, const struct mh_datagram *datagram)
{
    struct mh_probe probe;
    enum mh_probe_verdict verdict = mh_probe_parse(
        datagram->payload, datagram->length, traffic->run, datagram->time_ns, &probe);
    if (verdict == MH_PROBE_NONE)
        return false;

    struct mh_stream *stream = stream_of(traffic, &probe, datagram);
    struct mh_flow_account *account = stream ? account_for(book, stream, reader) : NULL;
    if (!account)
        return false;
    book->probes++;
    if (verdict == MH_PROBE_CORRUPTED)
        account->corrupted++;
    else
        mh_flow_account_take(account, &probe, datagram->time_ns, datagram->ttl);
    return true;
}

bool mh_stream_take_departure(const struct mh_traffic *traffic,
    const struct mh_endpoint *sender, const struct mh_departure *departure)
{
    for (size_t i = 0; i < traffic->stream_count; i++) {
        struct mh_stream *stream = traffic->streams[i];
        if (stream && stream->sender == sender && !departure->error &&
            mh_sample_ids_tell(&stream->samples, departure->id))
            return true;
    }
    return false;
}

/* Another one runs until it is stopped, by whatever. */
static bool has_end(const struct mh_stream *stream)
{
    return stream->plan.count > 0 || stream->plan.duration_ns > 0;
}

void mh_stream_sender_gone(const struct mh_traffic *traffic, const struct mh_endpoint *sender)
{
    for (size_t i = 0; i < traffic->stream_count; i++) {
        struct mh_stream *stream = traffic->streams[i];
        if (!stream || stream->sender != sender)
            continue;
        bool runs = stream->status.running;
        mh_stream_stop(stream);
        if (runs && has_end(stream) && !stream->is_over)
            stream->status.cut = MH_STREAM_SENDER_CLOSED;
        stream->sender = NULL;
    }
}

void mh_stream_listener_gone(
    const struct mh_traffic *traffic, const struct mh_traffic_member *listener)
{
    for (size_t i = 0; i < traffic->stream_count; i++) {
        struct mh_stream *stream = traffic->streams[i];
        for (size_t n = 0; stream && n < stream->listener_count; n++)
            if (stream->listeners[n].member == listener)
                stream->listeners[n--] = stream->listeners[--stream->listener_count];
    }
}
