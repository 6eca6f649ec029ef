#include "traffic/stream_private.h"

#include <stdlib.h>

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
    if (account && stream->status.running)
        add_listener(stream, reader, account);
    return account;
}

bool mh_stream_take_datagram(struct mh_traffic *traffic, struct mh_flow_book *book,
    struct mh_traffic_member *reader, const struct mh_datagram *datagram)
{
    struct mh_probe probe;
    enum mh_probe_verdict verdict = mh_probe_parse(datagram->payload, datagram->length, &probe);
    if (verdict == MH_PROBE_NONE || probe.of.run != traffic->run)
        return false;

    struct mh_stream *stream = find_stream(traffic, probe.of.flow);
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
        if (!stream || stream->sender != sender || departure->error ||
            stream->sample_id != departure->id ||
            stream->status.departed == stream->status.sampled)
            continue;
        stream->status.departed++;
        return true;
    }
    return false;
}

void mh_stream_sender_gone(const struct mh_traffic *traffic, const struct mh_endpoint *sender)
{
    for (size_t i = 0; i < traffic->stream_count; i++) {
        struct mh_stream *stream = traffic->streams[i];
        if (!stream || stream->sender != sender)
            continue;
        mh_stream_stop(stream);
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
