/** A JVM, which lives by SIGSEGV: null checks, then a crash in native code. */
public class Host {
    int field;

    static native int crash(int how);

    static int read(Host host) {
        return host.field;
    }

    public static void main(String[] arguments) {
        System.load(arguments[0]);
        int caught = 0;
        for (int i = 0; i < 200_000; i++) {
            try {
                caught += read(i % 100 == 0 ? null : new Host());
            } catch (NullPointerException expected) {
                caught++;
            }
        }
        System.out.println("caught " + caught);
        System.out.flush();
        switch (arguments[1]) {
            case "null" -> crash(0);
            case "abort" -> crash(1);
            case "overflow" -> {
                try {
                    deep(0);
                } catch (StackOverflowError expected) {
                    System.out.println("overflow caught");
                }
            }
            default -> {}
        }
    }

    static int deep(int n) {
        return deep(n + 1) + 1;
    }
}
