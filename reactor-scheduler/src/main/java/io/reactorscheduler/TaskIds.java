package io.reactorscheduler;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes ids that sort in the order they were made: 11 characters of time in microseconds, then 5 of this process.
 *
 * <p>Within a process each is later than the one before; between processes the random part keeps them apart. An id is a
 * number until somebody asks for its text, so that tasks which nobody asks about need none.
 */
final class TaskIds {

    private static final char[] ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz".toCharArray();
    private static final int TIME_CHARACTERS = 11;
    private static final int PROCESS_CHARACTERS = 5;
    private static final int LENGTH = TIME_CHARACTERS + PROCESS_CHARACTERS;
    private static final int BITS = 5;
    private static final long TIME_BITS = (1L << (BITS * TIME_CHARACTERS)) - 1;

    /** The places of characters in the alphabet, {@link #FOREIGN} of others. */
    private static final byte[] PLACES = new byte[128];

    private static final byte FOREIGN = -1;

    /** 2 to the 32nd by the golden ratio: spreads hash codes. */
    private static final int SPREAD = 0x9E3779B9;

    static {
        Arrays.fill(PLACES, FOREIGN);
        for (byte place = 0; place < ALPHABET.length; place++) {
            PLACES[ALPHABET[place]] = place;
        }
    }

    private final AtomicLong last = new AtomicLong();
    private final byte[] process = new byte[PROCESS_CHARACTERS];
    private final int processNumber;

    TaskIds() {
        this.processNumber = ThreadLocalRandom.current().nextInt(1 << (BITS * PROCESS_CHARACTERS));
        write(processNumber, process, 0, PROCESS_CHARACTERS);
    }

    /** The text of the next id. */
    String next(long nowMicros) {
        return text(nextNumber(nowMicros));
    }

    /** The next id as a number, which only this object can turn into its text. */
    long nextNumber(long nowMicros) {
        for (; ; ) {
            long before = last.get();
            long next = Math.max(before + 1, nowMicros);
            if (last.compareAndSet(before, next)) {
                return next;
            }
        }
    }

    /** What {@link #next} would have given for a number. */
    String text(long number) {
        byte[] id = new byte[LENGTH];
        write(number, id, 0, TIME_CHARACTERS);
        System.arraycopy(process, 0, id, TIME_CHARACTERS, PROCESS_CHARACTERS);
        return new String(id, StandardCharsets.ISO_8859_1);
    }

    /** Whether an id is {@link #text} of a number. */
    boolean isText(String id, long number) {
        return isOwn(id) && read(id, 0, TIME_CHARACTERS) == (number & TIME_BITS);
    }

    /** Whether an id was made here. */
    boolean isOwn(String id) {
        return id.length() == LENGTH && read(id, TIME_CHARACTERS, LENGTH) == processNumber;
    }

    /** The hash of the text of a number, without the text. */
    int hash(long number) {
        return hash(number, processNumber);
    }

    /** A hash of any id, for which {@link #hash(long)} of a generated one is the same. */
    static int hash(String id) {
        if (id.length() == LENGTH) {
            long time = read(id, 0, TIME_CHARACTERS);
            long process = read(id, TIME_CHARACTERS, LENGTH);
            if (time != FOREIGN && process != FOREIGN) {
                return hash(time, process);
            }
        }
        int spread = id.hashCode() * SPREAD;
        return spread ^ (spread >>> 15);
    }

    /** Ids that follow each other are neighbours, so tasks that come and go in order touch one cache line after the other. */
    private static int hash(long time, long process) {
        return (int) (time + process * SPREAD);
    }

    private static void write(long value, byte[] to, int from, int characters) {
        long rest = value;
        for (int i = from + characters - 1; i >= from; i--) {
            to[i] = (byte) ALPHABET[(int) (rest & 31)];
            rest >>>= BITS;
        }
    }

    /** What {@link #write} wrote, {@link #FOREIGN} for what it cannot have written. */
    private static long read(String id, int from, int to) {
        long value = 0;
        for (int i = from; i < to; i++) {
            char character = id.charAt(i);
            byte place = character < PLACES.length ? PLACES[character] : FOREIGN;
            if (place == FOREIGN) {
                return FOREIGN;
            }
            value = value << BITS | place;
        }
        return value;
    }
}
