// Installs a handler, of whichever of the two types.
#include <signal.h>
#include <string.h>

static void take(int signal, void *function, int flags, struct sigaction *old) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = function;
    action.sa_flags = flags;
    sigaction(signal, &action, old);
}
