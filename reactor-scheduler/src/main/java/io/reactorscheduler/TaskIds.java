package io.reactorscheduler;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes ids that sort in the order they were made: 11 characters of time in microseconds, then 5 of this process.
 *
 * <p>Within a process each is later than the one before; between processes the random part keeps them apart.
 */
final class TaskIds {

    private static final char[] ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz".toCharArray();
    private static final int TIME_CHARACTERS = 11;
    private static final int PROCESS_CHARACTERS = 5;
    private static final int BITS = 5;

    private final AtomicLong last = new AtomicLong();
    private final byte[] process = new byte[PROCESS_CHARACTERS];

    TaskIds() {
        write(ThreadLocalRandom.current().nextLong(), process, 0, PROCESS_CHARACTERS);
    }

    String next(long nowMicros) {
        long time = last.accumulateAndGet(nowMicros, (before, now) -> Math.max(before + 1, now));
        byte[] id = new byte[TIME_CHARACTERS + PROCESS_CHARACTERS];
        write(time, id, 0, TIME_CHARACTERS);
        System.arraycopy(process, 0, id, TIME_CHARACTERS, PROCESS_CHARACTERS);
        return new String(id, java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    /** Whether an id was made here. */
    boolean isOwn(String id) {
        int length = TIME_CHARACTERS + PROCESS_CHARACTERS;
        if (id.length() != length) {
            return false;
        }
        for (int i = 0; i < PROCESS_CHARACTERS; i++) {
            if (id.charAt(TIME_CHARACTERS + i) != process[i]) {
                return false;
            }
        }
        return true;
    }

    private static void write(long value, byte[] to, int from, int characters) {
        long rest = value;
        for (int i = from + characters - 1; i >= from; i--) {
            to[i] = (byte) ALPHABET[(int) (rest & 31)];
            rest >>>= BITS;
        }
    }
}
