package io.reactorscheduler.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All subjects, in the order of the table. */
enum Subjects {
    OURS(Field.MEMORY, 1, OursSubject::new),
    STPE(Field.MEMORY, 1, StpeSubject::new),
    NETTY_WHEEL(Field.MEMORY, 1, NettyWheelSubject::new),
    REACTOR(Field.MEMORY, 1, ReactorSubject::new),
    SPRING(Field.MEMORY, 1, SpringSubject::new),
    QUARTZ(Field.MEMORY, 0.1, QuartzSubject::new),
    DB_SCHEDULER(Field.MEMORY, 0.05, DbSchedulerSubject::new),
    JOBRUNR(Field.MEMORY, 0.01, JobRunrSubject::new),
    CRON_UTILS(Field.MEMORY, 0.1, CronUtilsSubject::new),
    OURS_REDIS(Field.REDIS, 1, OursRedisSubject::new),
    LUA(Field.REDIS, 1, LuaSubject::plain),
    LUA_KEPT(Field.REDIS, 1, LuaSubject::kept),
    REDISSON(Field.REDIS, 0.2, RedissonSubject::new),
    BULLMQ(Field.REDIS, 1, BullMqSubject::new);

    private static final String VERSIONS = "/versions.properties";

    private final Field field;
    private final double share;

    @SuppressWarnings("ImmutableEnumChecker") // constructors
    private final Callable<Subject> opener;

    Subjects(Field field, double share, Callable<Subject> opener) {
        this.field = field;
        this.share = share;
        this.opener = opener;
    }

    /** Its name on the command line and in the table. */
    String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    Field field() {
        return field;
    }

    /** Which share of the tasks of a workload, and of their rate, it is given: those that are far slower get fewer. */
    double share() {
        return share;
    }

    /** Whether it is far slower than the others, so that its number of tasks is chosen by the time they take. */
    boolean isSlow() {
        return share < 1;
    }

    /** Whether there is anything to ask: cron-utils knows fire times and nothing else. */
    boolean meets(Workload workload) {
        return field == workload.field() && (this != CRON_UTILS || workload instanceof CronWorkload);
    }

    /** Whether it is this library, which all others are compared with. */
    boolean isOurs() {
        return this == OURS || this == OURS_REDIS;
    }

    /** A fresh one, ready to work. */
    Subject open() throws Exception {
        return opener.call();
    }

    /** What it is, with the version. */
    String version() {
        Properties versions = new Properties();
        try (InputStream in = Objects.requireNonNull(Subjects.class.getResourceAsStream(VERSIONS), VERSIONS)) {
            versions.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + VERSIONS, e);
        }
        String version = versions.getProperty(key(), "");
        return version.equals("JDK") ? "JDK " + Runtime.version() : version;
    }

    static Subjects of(String key) {
        return Stream.of(values())
                .filter(each -> each.key().equals(key))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("--subject " + key + ": give one of "
                        + Stream.of(values()).map(Subjects::key).collect(Collectors.joining(", "))));
    }

    /** The subjects of these comma-separated names; all for {@code all}. */
    static List<Subjects> list(String keys) {
        return keys.equals("all")
                ? List.of(values())
                : Stream.of(keys.split(",")).map(Subjects::of).toList();
    }
}
