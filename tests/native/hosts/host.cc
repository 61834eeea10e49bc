// A host in C++ whose handler leaves by an exception, which the compiler allows with -fnon-call-exceptions.
#include <csignal>
#include <cstdio>

extern "C" int victim_install();
extern "C" int victim_survived();

static void throws(int) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGSEGV);
    sigprocmask(SIG_UNBLOCK, &set, nullptr);
    throw 42;
}
__attribute__((noinline)) static int read(volatile int *from) { return *from; }

int main() {
    signal(SIGSEGV, throws);
    victim_install();
    int caught = 0;
    for (int i = 0; i < 3; i++) {
        try {
            read(reinterpret_cast<int *>(8));
        } catch (int what) {
            caught += what;
        }
    }
    printf("caught %d\n", caught);
    fflush(stdout);
    victim_survived();
}
