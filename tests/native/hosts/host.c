// Hosts in C: each does one thing that has hurt a handler somewhere, with ours in a shared library.
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "listed.h"
#include "take.h"

int victim_install(void);
int victim_crash(int);
int victim_survived(void);

static jmp_buf back;
static volatile int hits;

static void jumps(int s, siginfo_t *i, void *c) { (void)s, (void)i, (void)c; hits++; longjmp(back, 1); }
static void maps(int s, siginfo_t *i, void *c) {
    (void)s, (void)c;
    hits++;
    mprotect((void *)((long)i->si_addr & ~4095L), 4096, PROT_READ | PROT_WRITE);
}
static void raises(int s) { if (write(2, "HOST\n", 5)) {} signal(s, SIG_DFL); raise(s); }
static void returns(int s) { (void)s; if (write(2, "HOST\n", 5)) {} }
static void ends(int s) { (void)s; _exit(3); }
static void slow(int s, siginfo_t *i, void *c) { // repairs but for a null pointer, which it logs for a moment
    if ((long)i->si_addr > 4095) { maps(s, i, c); return; }
    hits = 1;
    usleep(500000);
    signal(s, SIG_DFL);
}
static void leaves(int s) { (void)s; exit(3); }
static void survives(void) { victim_survived(); }
static void *jump(void *x) { if (!setjmp(back)) *(volatile int *)4 = 1; return x; }
static void touch(void) { *(char *)mmap(0, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) = 1; }
static void *crash(void *how) { victim_crash((int)(long)how); return 0; }
static void *waits(void *x) { usleep(300000); return crash(x); }
static void *on_guarded(void *stack) { // has room for the signal beside the stack that overflows
    static char beside[65536] __attribute__((aligned(16)));
    sigaltstack(&(stack_t){.ss_sp = beside, .ss_size = sizeof beside}, 0);
    // What glibc does from version 2.42 on; kernels before 6.13 have no such guard.
    if (madvise(stack, 65536, 102)) mprotect(stack, 65536, PROT_NONE);
    return crash((void *)2);
}
static void thread(long how) { pthread_t t; pthread_create(&t, 0, crash, (void *)how); pthread_join(t, 0); }
static void child(pid_t pid) { int status; waitpid(pid, &status, 0); printf("child %d\n", status); fflush(stdout); }

static void filter(int number, unsigned answer) {
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, answer),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {4, code};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

// Kills for every call but those that the page on native crashes lists.
static void allow_listed(void) {
    enum { LISTED = sizeof listed / sizeof *listed };
    struct sock_filter code[2 * LISTED + 2] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))};
    for (int i = 0; i < LISTED; i++) {
        code[2 * i + 1] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, listed[i], 0, 1);
        code[2 * i + 2] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    }
    code[2 * LISTED + 1] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
    struct sock_fprog program = {2 * LISTED + 2, code};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

int main(int count, char **arguments) {
    const char *what = count > 1 ? arguments[1] : "";
#define IS(name) (!strcmp(what, name))
    if (IS("longjmp")) { // a runtime that lives by SIGSEGV, and leaves its handler by longjmp
        take(SIGSEGV, jumps, SA_SIGINFO | SA_NODEFER | SA_ONSTACK, 0);
        victim_install();
        for (int i = 0; i < 1000; i++) if (!setjmp(back)) *(volatile int *)4 = 1;
        printf("survived %d\n", hits);
        victim_survived();
        return 0;
    }
    if (IS("maps") || IS("maps-then-abort")) { // one that maps pages when they are touched
        take(SIGSEGV, maps, SA_SIGINFO, 0);
        victim_install();
        for (int i = 0; i < 1000; i++) touch();
        printf("survived %d\n", hits);
        fflush(stdout);
        if (IS("maps")) return 0;
        victim_crash(1);
    }
    if (IS("raises")) { signal(SIGSEGV, raises); victim_install(); victim_crash(0); }
    if (IS("once")) { take(SIGSEGV, (void *)returns, SA_RESETHAND, 0); victim_install(); victim_crash(0); }
    if (IS("meanwhile-repaired") || IS("meanwhile-ended")) { // another thread is still in its last handler
        pthread_t t;
        take(SIGSEGV, slow, SA_SIGINFO | SA_NODEFER | SA_ONSTACK, 0);
        victim_install();
        pthread_create(&t, 0, crash, 0);
        while (!hits) usleep(1000);
        if (IS("meanwhile-ended")) victim_survived();
        else for (int i = 0; i < 3; i++) touch();
        pthread_join(t, 0);
    }
    if (IS("exits")) { atexit(survives); signal(SIGSEGV, leaves); victim_install(); victim_crash(0); }
    if (IS("longjmp-ended")) { // the thread that left its handler by longjmp is gone
        pthread_t t;
        take(SIGSEGV, jumps, SA_SIGINFO | SA_NODEFER | SA_ONSTACK, 0);
        victim_install();
        pthread_create(&t, 0, jump, 0);
        pthread_join(t, 0);
        usleep(100000);
        victim_survived();
        return 0;
    }
    if (IS("many-maps")) { // as many mappings as the kernel allows: one has at most 50 ms for a record
        const long page = 4096, pairs = 32000;
        char *area = mmap(0, 2 * pairs * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        for (long i = 0; i < pairs; i++) mprotect(area + 2 * i * page, page, PROT_READ);
        take(SIGSEGV, maps, SA_SIGINFO, 0);
        victim_install();
        struct timespec from, to;
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
        touch();
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
        long took = (to.tv_sec - from.tv_sec) * 1000000000 + to.tv_nsec - from.tv_nsec;
        fprintf(stderr, took < 50000000 ? "in time\n" : "too long: %ld ns\n", took);
        return 0;
    }
    if (IS("interrupted") || IS("restarted")) { // a signal of another process, while this one reads
        int pipes[2];
        char byte;
        if (pipe(pipes)) return 1;
        take(SIGSEGV, (void *)returns, IS("restarted") ? SA_RESTART : 0, 0);
        victim_install();
        pid_t pid = getpid(), child = fork();
        if (!child) { usleep(300000); kill(pid, SIGSEGV); usleep(700000); _exit(0); }
        close(pipes[1]);
        printf(read(pipes[0], &byte, 1) < 0 ? "interrupted\n" : "at the end\n");
        waitpid(child, 0, 0);
        return 0;
    }
    if (IS("abort-returns")) { signal(SIGABRT, returns); victim_install(); victim_crash(1); }
    if (IS("abort-survived")) { // raised and not by `abort`, so that the program lives on
        signal(SIGABRT, returns);
        victim_install();
        raise(SIGABRT);
        victim_survived();
        return 0;
    }
    if (IS("abort-then-null")) { // an abort that was survived does not make the next handler one that repairs
        signal(SIGABRT, returns);
        signal(SIGSEGV, ends);
        victim_install();
        raise(SIGABRT);
        *(volatile int *)4 = 1;
    }
    if (IS("later")) { victim_install(); signal(SIGSEGV, raises); victim_crash(0); }
    if (IS("ignored")) {
        signal(SIGSEGV, SIG_IGN);
        victim_install();
        raise(SIGSEGV);
        printf("ignored\n");
        fflush(stdout);
        victim_crash(0);
    }
    victim_install();
    if (IS("plain")) victim_crash(0);
    if (IS("abort")) victim_crash(1);
    if (IS("trap")) victim_crash(-1);
    if (IS("overflow")) victim_crash(2);
    if (IS("thread")) thread(0);
    if (IS("first-ended")) { // the thread that the process began with is gone
        pthread_t t;
        pthread_create(&t, 0, waits, 0);
        pthread_exit(0);
    }
    if (IS("thread-overflow")) thread(2); // without an alternate stack nobody can tell it
    if (IS("guard")) { // in the line of the stack
        pthread_t t;
        pthread_attr_t own;
        const long size = 1 << 20;
        char *stack = mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        pthread_attr_init(&own);
        pthread_attr_setstack(&own, stack, size);
        pthread_create(&t, &own, on_guarded, stack);
        pthread_join(t, 0);
    }
    if (IS("blocked")) { sigset_t all; sigfillset(&all); sigprocmask(SIG_SETMASK, &all, 0); victim_crash(0); }
    if (IS("closed")) { close(0); close(1); close(2); victim_crash(0); }
    if (IS("descriptors") || IS("no-descriptors")) {
        getrlimit(RLIMIT_NOFILE, &(struct rlimit){0});
        struct rlimit limit = {10, IS("descriptors") ? 100 : 10};
        setrlimit(RLIMIT_NOFILE, &limit);
        while (dup(1) >= 0) {}
        victim_crash(0);
    }
    if (IS("no-files") || IS("small-files")) { // the kernel sends SIGXFSZ for what does not fit
        struct rlimit size = {IS("no-files") ? 0 : 100, RLIM_INFINITY}, core = {0, 0};
        setrlimit(RLIMIT_FSIZE, &size);
        setrlimit(RLIMIT_CORE, &core);
        victim_crash(0);
    }
    if (IS("small-stack")) { // the smallest alternate stack that the kernel takes
        static char stack[4096] __attribute__((aligned(16)));
        stack_t small = {.ss_sp = stack, .ss_size = sizeof stack};
        sigaltstack(&small, 0);
        victim_crash(0);
    }
    if (IS("fork") || IS("fork-abort")) {
        pid_t pid = fork();
        if (!pid) victim_crash(0);
        child(pid);
        if (IS("fork-abort")) victim_crash(1);
        return 0;
    }
    if (IS("vfork")) {
        pid_t pid = vfork();
        if (!pid) { victim_crash(0); _exit(1); }
        child(pid);
        victim_crash(1);
    }
    if (IS("filter-refuses")) { filter(SYS_process_vm_readv, SECCOMP_RET_ERRNO | 1); victim_crash(0); }
    if (IS("filter-kills")) { filter(SYS_process_vm_readv, SECCOMP_RET_KILL_PROCESS); victim_crash(0); }
    if (IS("filter-kills-rename")) { filter(SYS_renameat2, SECCOMP_RET_KILL_PROCESS); victim_crash(0); }
    if (IS("filter-kills-queue")) { filter(SYS_rt_tgsigqueueinfo, SECCOMP_RET_KILL_PROCESS); victim_crash(1); }
    if (IS("listed-calls")) { allow_listed(); victim_crash(0); }
    if (IS("listed-calls-abort")) { allow_listed(); abort(); }
#ifdef __x86_64__
    if (IS("listed-calls-trap")) { allow_listed(); __asm__ volatile("int3"); }
#endif
    if (IS("not-dumpable")) { prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); victim_crash(0); }
    if (IS("sent")) { // by another process
        pid_t pid = getpid();
        if (!fork()) { usleep(300000); kill(pid, SIGSEGV); _exit(0); } // it sleeps by then
        sleep(5);
    }
    if (IS("timer")) { // of this process
        struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGABRT};
        timer_t timer;
        timer_create(CLOCK_MONOTONIC, &event, &timer);
        timer_settime(timer, 0, &(struct itimerspec){.it_value = {0, 300000000}}, 0); // it sleeps by then
        sleep(5);
    }
#ifdef __x86_64__
    if (IS("aligned")) { // the program forbids accesses that are not aligned
        asm volatile("pushf\n orl $0x40000, (%%rsp)\n popf\n mov 1(%%rsp), %%rax" ::: "rax", "memory");
    }
    if (IS("stack-segment")) { // the address comes from rbp
        asm volatile("mov %%rbp, %%rcx\n movabs $0xdeadbeefdeadbeef, %%rbp\n mov (%%rbp), %%rax\n mov %%rcx, %%rbp" ::: "rax", "rcx");
    }
#endif
    if (IS("first")) { // PID 1, which the kernel protects
        victim_crash(count > 2 ? atoi(arguments[2]) : 0);
    }
    return 9;
}
