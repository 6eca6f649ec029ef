#include "net/frame_filter.h"

#include "net/filter_hint.h"

#include <dlfcn.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { WHOLE_FRAME = 65535 };

/* What is used of libpcap. */
struct library {
    void *handle;
    pcap_t *(*open_dead)(int link_type, int length);
    int (*compile)(pcap_t *, struct bpf_program *, const char *, int, bpf_u_int32);
    char *(*error)(pcap_t *);
    void (*free_code)(struct bpf_program *);
    void (*close)(pcap_t *);
    u_int (*run)(const struct bpf_insn *, const u_char *, u_int length, u_int captured);
};

struct mh_frame_filter {
    struct library pcap;
    struct bpf_program program;
};

/* ---- libpcap -------------------------------------------------------------------------------
 */

/* The same interface under both names: Debian never changed its own. It stays loaded: loading
 * takes longer than compiling. */
static void *open_library(void)
{
    static const char *const names[] = {"libpcap.so.1", "libpcap.so.0.8"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        void *handle = dlopen(names[i], RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
        if (handle)
            return handle;
    }
    return NULL;
}

/* ISO C has no cast from an object's pointer to a function's; POSIX promises that it works. */
static bool find(const struct library *pcap, const char *name, void *ret_function)
{
    void *found = dlsym(pcap->handle, name);

    memcpy(ret_function, &found, sizeof(found));
    return found != NULL;
}

static int load(struct library *ret_pcap, struct mh_error *err)
{
    struct library pcap = {.handle = open_library()};

    if (pcap.handle && find(&pcap, "pcap_open_dead", &pcap.open_dead) &&
        find(&pcap, "pcap_compile", &pcap.compile) && find(&pcap, "pcap_geterr", &pcap.error) &&
        find(&pcap, "pcap_freecode", &pcap.free_code) &&
        find(&pcap, "pcap_close", &pcap.close) && find(&pcap, "bpf_filter", &pcap.run)) {
        *ret_pcap = pcap;
        return 0;
    }
    if (pcap.handle)
        dlclose(pcap.handle);
    mh_error_set_said(
        err, -ELIBACC, "load", "it is not on this machine", "libpcap, which compiles filters");
    mh_error_hint(err, "install it: libpcap0.8 on Debian, libpcap elsewhere");
    return -ELIBACC;
}

/* ---- compiling -----------------------------------------------------------------------------
 */

static const char mld[] =
    "(ip6[6] = 0 and ip6[40] = 58 and"
    " (ip6[48] = 130 or ip6[48] = 131 or ip6[48] = 132 or ip6[48] = 143))";

static bool is_word_end(char c)
{
    return strchr(" \t\n()!&|", c) != NULL; /* the NUL at the end, too */
}

static bool is_mld(const char *expression, const char *here)
{
    return strncmp(here, "mld", 3) == 0 && is_word_end(here[3]) &&
           (here == expression || is_word_end(here[-1]));
}

/* The expression with what `mld` stands for; to be freed. */
static char *expand(const char *expression)
{
    char *text = malloc(strlen(expression) / 3 * sizeof(mld) + strlen(expression) + 1);
    char *end = text;

    if (!text)
        return NULL;
    for (const char *here = expression; *here;) {
        if (is_mld(expression, here)) {
            end = stpcpy(end, mld);
            here += 3;
        } else {
            *end++ = *here++;
        }
    }
    *end = '\0';
    return text;
}

static int refuse(const char *expression, const char *said, struct mh_error *err)
{
    const char *hint = mh_filter_hint(expression);

    mh_error_set_said(err, -EINVAL, "compile filter", said, "'%.200s'", expression);
    if (hint)
        mh_error_hint(err, "%s", hint);
    return -EINVAL;
}

/* What only the kernel knows of a frame is read from above this offset (linux/filter.h). */
static bool asks_kernel(const struct bpf_program *program)
{
    for (unsigned i = 0; i < program->bf_len; i++)
        if (BPF_CLASS(program->bf_insns[i].code) == BPF_LD &&
            BPF_MODE(program->bf_insns[i].code) == BPF_ABS &&
            program->bf_insns[i].k >= (bpf_u_int32)SKF_AD_OFF)
            return true;
    return false;
}

/* Over a frame in memory such a filter would silently never match; libpcap 1.11 refuses it
 * itself. */
static int refuse_kernel_words(const char *expression, struct mh_error *err)
{
    return refuse(
        expression, "a frame does not tell which way it goes, nor its interface", err);
}

static int compile(struct mh_frame_filter *self, const char *expression, struct mh_error *err)
{
    const struct library *pcap = &self->pcap;
    pcap_t *dead = pcap->open_dead(DLT_EN10MB, WHOLE_FRAME);
    char *text = expand(expression);
    int r = 0;

    if (!dead || !text)
        r = mh_error_set(err, -ENOMEM, "compile filter", "'%.200s'", expression);
    else if (pcap->compile(dead, &self->program, text, 1, PCAP_NETMASK_UNKNOWN) < 0)
        r = refuse(expression, pcap->error(dead), err);
    else if (asks_kernel(&self->program))
        r = refuse_kernel_words(expression, err);
    free(text);
    if (dead)
        pcap->close(dead);
    return r;
}

int mh_frame_filter_compile(
    const char *expression, struct mh_frame_filter **ret_filter, struct mh_error *err)
{
    struct mh_frame_filter *self = calloc(1, sizeof(*self));

    if (!self)
        return mh_error_set(err, -ENOMEM, "compile filter", "'%.200s'", expression);
    int r = load(&self->pcap, err);
    if (r == 0)
        r = compile(self, expression, err);
    if (r < 0) {
        mh_frame_filter_free(self);
        return r;
    }
    *ret_filter = self;
    return 0;
}

struct mh_frame_filter *mh_frame_filter_free(struct mh_frame_filter *filter)
{
    if (!filter)
        return NULL;
    if (filter->program.bf_insns)
        filter->pcap.free_code(&filter->program);
    if (filter->pcap.handle)
        dlclose(filter->pcap.handle);
    free(filter);
    return NULL;
}

/* ---- using ---------------------------------------------------------------------------------
 */

bool mh_frame_filter_matches(
    const struct mh_frame_filter *filter, const uint8_t *frame, size_t length, size_t captured)
{
    return filter->pcap.run(filter->program.bf_insns, frame, (u_int)length, (u_int)captured) !=
           0;
}

bool mh_frame_filter_asks_for_tag(const struct mh_frame_filter *filter)
{
    for (unsigned i = 0; i < filter->program.bf_len; i++) {
        const struct bpf_insn *instruction = &filter->program.bf_insns[i];
        if (instruction->code == (BPF_JMP | BPF_JEQ | BPF_K) &&
            (instruction->k == ETH_P_8021Q || instruction->k == ETH_P_8021AD))
            return true;
    }
    return false;
}

/* The kernel's instructions are laid out like libpcap's (bpf(4), linux/filter.h). */
_Static_assert(sizeof(struct sock_filter) == sizeof(struct bpf_insn), "one instruction set");

int mh_frame_filter_attach(const struct mh_frame_filter *filter, int fd)
{
    struct sock_fprog program = {
        .len = (unsigned short)filter->program.bf_len,
        .filter = (struct sock_filter *)filter->program.bf_insns,
    };

    return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) < 0 ? -errno
                                                                                       : 0;
}
