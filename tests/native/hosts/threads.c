// Hosts in C in which several threads have signals at once, with handlers of their own before ours, or after it.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "take.h"

int victim_install(void);
int victim_crash(int kind);

static struct sigaction before;
static pthread_barrier_t both;

// Handlers before ours.
static void maps(int s, siginfo_t *i, void *c) { // repairs what can be touched, and gives up otherwise
    (void)c;
    if (mprotect((void *)((long)i->si_addr & ~4095L), 4096, PROT_READ | PROT_WRITE)) signal(s, SIG_DFL);
}
static void returns(int s) { (void)s; }
static void ends(int s) { (void)s; usleep(20000); _exit(3); }

// Handlers after ours, which pass on the signal's number only.
static void calls(int s) {
    if (before.sa_handler == SIG_DFL) signal(s, SIG_DFL);
    else before.sa_handler(s);
}
static void calls_again(int s) { // and stay
    calls(s);
    if (before.sa_handler != SIG_DFL) signal(s, calls_again);
}

__attribute__((noinline)) static void null(void) { *(volatile int *)4 = 1; }
static void *crash(void *x) {
    pthread_barrier_wait(&both);
    null();
    return x;
}
static void *touches(void *x) {
    for (;;) {
        char *page = mmap(0, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        *(volatile char *)page = 1;
        munmap(page, 4096);
    }
    return x;
}
static void *raises(void *x) { for (;;) raise(SIGTRAP); return x; }
static void start(int count, void *(*function)(void *)) {
    pthread_t t;
    while (count--) pthread_create(&t, 0, function, 0);
}
static void two_crash(void) {
    pthread_barrier_init(&both, 0, 3);
    start(2, crash);
    pthread_barrier_wait(&both);
    for (;;) pause();
}

int main(int count, char **arguments) {
    const char *what = count > 1 ? arguments[1] : "";
#define IS(name) (!strcmp(what, name))
    if (IS("abort-beside-repairs")) {
        take(SIGSEGV, maps, SA_SIGINFO, 0);
        signal(SIGABRT, returns);
        victim_install();
        start(2, touches);
        usleep(30000);
        abort();
    }
    if (IS("gives-up-beside-traps")) {
        take(SIGSEGV, maps, SA_SIGINFO, 0);
        signal(SIGTRAP, returns);
        victim_install();
        start(2, raises);
        usleep(30000);
        victim_crash(0);
    }
    if (IS("called-once")) { // the kernel calls it for one of the two threads
        take(SIGSEGV, ends, SA_RESETHAND, 0);
        victim_install();
        two_crash();
    }
    victim_install();
    if (IS("numbers-of-two")) {
        take(SIGSEGV, calls, 0, &before);
        two_crash();
    }
    if (IS("number-again")) {
        take(SIGSEGV, calls_again, 0, &before);
        null();
    }
    if (IS("number-again-abort")) {
        take(SIGABRT, calls_again, 0, &before);
        abort();
    }
    return 9;
}
