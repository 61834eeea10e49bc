// C functions that crash or call back into Rust, compiled without frame pointers.
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

typedef int (*callback)(int);

__attribute__((noinline)) static int leaf(volatile int *p, int n) {
    char b[64];
    memset(b, n, sizeof b);
    *p = b[n & 63];
    return b[(n + 1) & 63];
}

__attribute__((noinline)) static int middle(volatile int *p, int n) {
    int v[32];
    for (int i = 0; i < 32; i++) v[i] = n * i;
    int r = leaf(p, n);
    return r + v[n & 31] * 3;
}

__attribute__((noinline)) int victim_null(int n) { return middle((int *)(long)(n & 8), n) * 7 + n; }

static int compare(const void *a, const void *b) {
    static int calls;
    if (++calls > 3) return *(volatile int *)0;
    return *(int *)a - *(int *)b;
}

__attribute__((noinline)) int victim_qsort(int n) {
    int v[16];
    for (int i = 0; i < 16; i++) v[i] = n * (17 - i);
    qsort(v, 16, sizeof *v, compare);
    return v[3] + n;
}

__attribute__((noinline)) int victim_call(callback f, int n) {
    int v[8];
    for (int i = 0; i < 8; i++) v[i] = n + i;
    int r = f(n);
    return r + v[n & 7];
}

__attribute__((noinline)) int victim_double_free(int n) {
    void *volatile p = malloc(24 + n * 1000);
    free(p);
    free(p);
    return n + 1;
}

static void *run(void *f) { return (void *)(long)((callback)f)(1); }

int victim_thread(callback f) {
    pthread_t t;
    void *r;
    pthread_create(&t, 0, run, (void *)f);
    pthread_join(t, &r);
    return (int)(long)r;
}
