#include "traffic/sighting.h"

#include "traffic/stream_private.h"
#include "wire/frame.h"

/* A first fragment holds the probe's header, and the sum over the rest cannot be told. */
static bool is_first_fragment(const struct mh_frame *frame, const struct mh_probe *probe)
{
    return frame->more_fragments && frame->fragment_offset == 0 &&
           probe->length == frame->datagram_length;
}

static bool is_probe_of(const struct mh_stream *stream, const struct mh_captured_frame *packet,
    uint64_t *ret_number)
{
    struct mh_frame frame;
    struct mh_probe probe;

    if (mh_frame_parse(packet->bytes, packet->captured, &frame) < 0 ||
        frame.destination_port != stream->plan.port)
        return false;
    enum mh_probe_verdict verdict = mh_probe_parse(
        frame.payload, frame.payload_length, stream->of.run, packet->time_ns, &probe);
    if (verdict == MH_PROBE_NONE || probe.of.flow != stream->of.flow)
        return false;
    *ret_number = probe.number;
    return verdict == MH_PROBE_INTACT || is_first_fragment(&frame, &probe);
}

bool mh_sighting_find(const struct mh_stream *stream, const struct mh_capture *capture,
    size_t from, size_t end, struct mh_sighting *ret_sighting)
{
    for (size_t i = from; i < end; i++) {
        struct mh_captured_frame packet = mh_capture_packet(capture, i);
        uint64_t number;

        if (!is_probe_of(stream, &packet, &number))
            continue;
        *ret_sighting = (struct mh_sighting){
            .packet = i,
            .number = number,
            .interface_index = packet.interface_index,
            .outgoing = packet.outgoing,
        };
        return true;
    }
    return false;
}
