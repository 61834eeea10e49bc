// Hosts in C with signal handlers of their own: before ours, or after it and calling it.
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "take.h"

int victim_install(void);
int victim_survived(void);

static volatile int hits;
static struct sigaction before;
static __thread sigjmp_buf back;

// Handlers before ours.
static void maps(int s, siginfo_t *i, void *c) { // repairs what can be touched, and gives up otherwise
    (void)c;
    hits++;
    if (mprotect((void *)((long)i->si_addr & ~4095L), 4096, PROT_READ | PROT_WRITE)) signal(s, SIG_DFL);
}
static void jumps(int s, siginfo_t *i, void *c) { (void)s, (void)i, (void)c; hits++; siglongjmp(back, 1); }
static void needs(char *stack, int size) { memset(stack, 1, size); if (write(2, "HOST\n", 5)) {} _exit(3); }
static void needs_much(int s) { (void)s; char stack[100000]; needs(stack, sizeof stack); }
static void needs_more(int s) { (void)s; char stack[20000]; needs(stack, sizeof stack); }
static char *other;
static void faults(int s, siginfo_t *i, void *c) { // touches another page that it has to repair
    char *page = (char *)((long)i->si_addr & ~4095L);
    if (page != other && page) {
        *(volatile char *)other = 1;
        mprotect(other, 4096, PROT_NONE);
    }
    maps(s, i, c);
}

static volatile int probing;
static void probes(int s, siginfo_t *i, void *c) { // reads what may not be there, as crash reporters do, and gives up
    (void)i, (void)c;
    if (probing) siglongjmp(back, 1);
    probing = 1;
    for (volatile int n = 0; n < 3; n++)
        if (!sigsetjmp(back, 1)) *(volatile char *)16 = 1;
    signal(s, SIG_DFL);
}
static void again(int s, siginfo_t *i, void *c) { (void)i, (void)c; take(s, again, SA_SIGINFO, 0); }

static volatile int inside, aborting;
static pthread_t repairing;
static void touch(void);
static void maps_late(int s, siginfo_t *i, void *c) { // the second of them is still at work when another thread aborts
    if (hits == 1) for (inside = 1; !aborting;) usleep(1000);
    maps(s, i, c);
}
static void *touches(void *x) { touch(); return x; }
static void waits(int s) { // until that one and a third are done
    (void)s;
    aborting = 1;
    pthread_join(repairing, 0);
    pthread_create(&repairing, 0, touches, 0);
    pthread_join(repairing, 0);
}

// Handlers after ours.
static void calls(int s, siginfo_t *i, void *c) {
    if (before.sa_flags & SA_SIGINFO) before.sa_sigaction(s, i, c);
    else if (before.sa_handler == SIG_DFL) signal(s, SIG_DFL);
    else before.sa_handler(s);
}
static void (*first)(int, siginfo_t *, void *);
static void calls_with_number(int s) {
    if (write(2, "HOST\n", 5)) {}
    if ((void *)first == SIG_DFL) signal(s, SIG_DFL);
    else first(s, 0, 0);
}
static void profiles(int s) { (void)s; volatile char stack[3000]; memset((void *)stack, 0x41, sizeof stack); }

__attribute__((noinline)) static void null(void) { *(volatile int *)4 = 1; }
__attribute__((noinline)) static void survive(void) { if (!sigsetjmp(back, 1)) null(); }
__attribute__((noinline)) static int deeper(int n) { volatile char stack[20000]; stack[0] = n; survive(); return stack[0]; }
__attribute__((noinline)) static int recurse(int n) {
    volatile char stack[4000];
    stack[n & 7] = n;
    return n < 0 ? 0 : recurse(n + 1) + stack[n & 3];
}
static void touch(void) { *(volatile char *)mmap(0, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) = 1; }
static void *jump(void *x) {
    for (int i = 0; i < 9; i++) if (i % 4 == 3) deeper(i); else survive();
    return x;
}
static void *small(void *x) {
    static char stack[8192];
    sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, 0);
    null();
    return x;
}
static void in_thread(void *(*function)(void *)) {
    pthread_t t;
    pthread_create(&t, 0, function, 0);
    pthread_join(t, 0);
}

enum { FILES = 8 };
static int files[FILES];
static void open_files(void) { for (int i = 0; i < FILES; i++) files[i] = open("/dev/null", O_RDONLY); }
static int end(void) {
    for (int i = 0; i < FILES; i++) if (fcntl(files[i], F_GETFD) < 0) printf("file %d was closed\n", i);
    printf("survived %d\n", hits);
    fflush(stdout);
    victim_survived();
    return 0;
}

int main(int count, char **arguments) {
    const char *what = count > 1 ? arguments[1] : "";
#define IS(name) (!strcmp(what, name))
    if (IS("much-stack")) { signal(SIGSEGV, needs_much); victim_install(); null(); }
    if (IS("much-stack-abort")) { signal(SIGABRT, needs_much); victim_install(); abort(); }
    if (IS("more-stack-thread")) { signal(SIGSEGV, needs_more); victim_install(); in_thread(small); }
    if (IS("no-alternate-stack")) { take(SIGSEGV, maps, SA_SIGINFO, 0); victim_install(); return recurse(0); }
    if (IS("jumps-deeper")) { // on a thread without an alternate stack
        take(SIGSEGV, jumps, SA_SIGINFO | SA_NODEFER, 0);
        victim_install();
        in_thread(jump);
        return end();
    }
    if (IS("nested") || IS("nested-then-null")) {
        take(SIGSEGV, faults, SA_SIGINFO | SA_NODEFER, 0);
        other = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        victim_install();
        for (int i = 0; i < 8; i++) {
            if (i == 3) mprotect(other, 4096, PROT_NONE);
            touch();
        }
        if (IS("nested")) return end();
        null();
    }
    if (IS("probes")) { take(SIGSEGV, probes, SA_SIGINFO | SA_NODEFER, 0); victim_install(); null(); }
#ifdef __x86_64__
    if (IS("sets-itself-again")) { // as handlers of System V had to
        take(SIGSEGV, maps, SA_SIGINFO, 0);
        take(SIGTRAP, again, SA_SIGINFO, 0);
        victim_install();
        touch();
        __asm__ volatile("int3");
        return end();
    }
#endif
    if (IS("vforked-files")) { // the child's numbers of descriptors are no numbers of the parent's
        take(SIGSEGV, maps, SA_SIGINFO, 0);
        victim_install();
        pid_t pid = vfork();
        if (!pid) { null(); _exit(1); }
        waitpid(pid, 0, 0);
        open_files();
        touch();
        return end();
    }
    if (IS("abort-beside-repair")) {
        take(SIGSEGV, maps_late, SA_SIGINFO, 0);
        signal(SIGABRT, waits);
        victim_install();
        touch();
        pthread_create(&repairing, 0, touches, 0);
        while (!inside) usleep(1000);
        abort();
    }
    if (IS("called-once-repairs") || IS("called-once-restored")) {
        take(SIGSEGV, maps, SA_SIGINFO | SA_RESETHAND, 0);
        victim_install();
        struct sigaction whole;
        sigaction(SIGSEGV, 0, &whole);
        touch();
        if (IS("called-once-repairs")) return 0;
        sigaction(SIGSEGV, &whole, 0); // as whoever borrows a signal puts it back
        touch();
        return end();
    }
    if (IS("closed-files")) {
        take(SIGSEGV, jumps, SA_SIGINFO, 0);
        victim_install();
        survive();
        for (int i = 3; i < 64; i++) close(i);
        open_files();
        survive();
        return end();
    }

    if (IS("calls-repairs") || IS("calls-repairs-then-overflow")) take(SIGSEGV, maps, SA_SIGINFO, 0);
    victim_install();
    if (IS("calls-with-number")) {
        struct sigaction old;
        take(SIGABRT, calls_with_number, 0, &old);
        first = old.sa_sigaction;
        abort();
    }
    if (IS("calls-profiled")) {
        take(SIGABRT, calls, SA_SIGINFO | SA_ONSTACK, &before);
        take(SIGALRM, profiles, SA_ONSTACK | SA_RESTART, 0);
        setitimer(ITIMER_REAL, &(struct itimerval){{0, 50}, {0, 50}}, 0);
        abort();
    }
    take(SIGSEGV, calls, SA_SIGINFO | SA_ONSTACK, &before);
    if (IS("calls-repairs")) { for (int i = 0; i < 5; i++) touch(); return end(); }
    if (IS("calls-repairs-then-overflow")) { for (int i = 0; i < 3; i++) touch(); return recurse(0); }
    if (IS("calls-small-files")) { // the kernel sends SIGXFSZ for what does not fit
        struct rlimit size = {0, RLIM_INFINITY}, core = {0, 0};
        setrlimit(RLIMIT_FSIZE, &size);
        setrlimit(RLIMIT_CORE, &core);
        null();
    }
    return 9;
}
