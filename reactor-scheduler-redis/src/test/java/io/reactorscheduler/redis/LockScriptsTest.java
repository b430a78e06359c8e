package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.embedded.EmbeddedRedis;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each transition of a lock: what is there, what is asked, what is there then. Clients are called x, y and z. */
class LockScriptsTest {

    private static final String LOCK = "{lock}";
    private static final String LINE = LOCK + ":line";
    private static final String SEEN = LOCK + ":seen";
    private static final String LEASE = "10000000";
    private static final String PATIENCE = "5000000";
    private static final String GRACE = "1000000";
    private static final long PAST = 1;
    private static final long FUTURE = 9_000_000_000_000_000L;

    private static EmbeddedRedis redis;

    @BeforeAll
    static void start() {
        redis = EmbeddedRedis.start();
        for (Script script : List.of(Scripts.LOCK, Scripts.PROLONG, Scripts.UNLOCK)) {
            redis.command("FUNCTION", "LOAD", script.library());
        }
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @BeforeEach
    void forget() {
        redis.command("FLUSHALL");
    }

    @Test
    void aFreeLockIsGivenWithTheTimeAsItsFence() {
        long before = micros();
        List<?> reply = lock("x/1", PATIENCE);
        assertThat((Long) reply.get(0)).isEqualTo(1);
        assertThat((Long) reply.get(1)).isBetween(before, micros());
        assertThat(fields()).containsOnlyKeys("owner", "fence", "until").containsEntry("owner", "x/1");
        assertThat(number("until") - (Long) reply.get(1)).isEqualTo(Long.parseLong(LEASE));
        assertThat(line()).isEmpty();
    }

    @Test
    void aFenceIsAboveTheLastAlsoWhenTheClockIsBehindIt() {
        redis.command("HSET", LOCK, "fence", String.valueOf(FUTURE));
        assertThat(lock("x/1", PATIENCE)).isEqualTo(List.of(1L, FUTURE + 1));
    }

    @Test
    void aLockThatIsTakenPutsOneWhoWaitsInLine() {
        held("y/1", FUTURE);
        List<?> reply = lock("x/1", PATIENCE);
        assertThat((Long) reply.get(0)).isZero();
        assertThat((Long) reply.get(1)).isPositive();
        assertThat(line()).containsExactly("x/1");
        assertThat(fields()).containsEntry("owner", "y/1");
        assertThat((Long) redis.command("PTTL", LINE)).isPositive();
        assertThat((Long) redis.command("PTTL", SEEN)).isPositive();
    }

    @Test
    void aLockThatIsTakenKeepsOneWhoTriesOutOfLine() {
        held("y/1", FUTURE);
        assertThat(lock("x/1", "0").get(0)).isEqualTo(0L);
        assertThat(line()).isEmpty();
    }

    @Test
    void askingAgainKeepsOnesPlaceInLine() {
        held("z/1", FUTURE);
        lock("x/1", PATIENCE);
        lock("y/1", PATIENCE);
        lock("x/1", PATIENCE);
        assertThat(line()).containsExactly("x/1", "y/1");
    }

    @Test
    void theOwnerWhoAsksAgainKeepsItsFence() {
        held("x/1", PAST);
        assertThat(lock("x/1", PATIENCE)).isEqualTo(List.of(1L, 7L));
        assertThat(number("until")).isGreaterThan(micros());
    }

    @Test
    void aLeaseThatEndedIsTakenOver() {
        held("y/1", PAST);
        assertThat(lock("x/1", PATIENCE).get(0)).isEqualTo(1L);
        assertThat(fields()).containsEntry("owner", "x/1");
    }

    @Test
    void aFreeLockIsOfferedToTheFirstInLineAndNotToWhoAsks() {
        waiting("y/1", 1, FUTURE);
        assertThat(lock("x/1", PATIENCE)).isEqualTo(List.of(0L, Long.parseLong(GRACE)));
        assertThat(fields()).containsEntry("offered", "y/1").doesNotContainKey("owner");
        assertThat(line()).containsExactly("y/1", "x/1");
        assertThat(lock("y/1", PATIENCE).get(0)).isEqualTo(1L);
        assertThat(fields()).containsEntry("owner", "y/1").doesNotContainKey("offered");
        assertThat(line()).containsExactly("x/1");
    }

    @Test
    void oneWhoDidNotComeInTimeLosesItsPlace() {
        waiting("y/1", 1, FUTURE);
        waiting("x/1", 2, FUTURE);
        redis.command("HSET", LOCK, "offered", "y/1", "offerUntil", String.valueOf(PAST));
        assertThat(lock("x/1", PATIENCE).get(0)).isEqualTo(1L);
        assertThat(line()).isEmpty();
    }

    @Test
    void oneWhoStoppedAskingIsTakenOutOfLine() {
        waiting("y/1", 1, PAST);
        assertThat(lock("x/1", PATIENCE).get(0)).isEqualTo(1L);
        assertThat(line()).isEmpty();
        assertThat(redis.command("EXISTS", SEEN)).isEqualTo(0L);
    }

    @Test
    void aLeaseIsProlongedByItsOwnerOnly() {
        held("x/1", micros() + 1_000_000);
        assertThat(run("prolong-1", "y/1", LEASE)).isEqualTo(List.of(0L));
        long until = number("until");
        assertThat(run("prolong-1", "x/1", LEASE)).isEqualTo(List.of(1L));
        assertThat(number("until")).isGreaterThan(until);
        assertThat(number("fence")).isEqualTo(7);
    }

    @Test
    void aLeaseThatEndedIsNotProlonged() {
        held("x/1", PAST);
        assertThat(run("prolong-1", "x/1", LEASE)).isEqualTo(List.of(0L));
        assertThat(number("until")).isEqualTo(PAST);
        redis.command("DEL", LOCK);
        assertThat(run("prolong-1", "x/1", LEASE)).isEqualTo(List.of(0L));
        assertThat(redis.command("EXISTS", LOCK)).isEqualTo(0L);
    }

    @Test
    void aLockThatIsReleasedKeepsItsFenceAndIsOfferedToTheFirstInLine() {
        held("x/1", FUTURE);
        waiting("y/1", 1, FUTURE);
        waiting("z/1", 2, FUTURE);
        assertThat(unlock("x/1")).isEqualTo(List.of(1L));
        assertThat(fields())
                .containsOnlyKeys("fence", "offered", "offerUntil", "released")
                .containsEntry("offered", "y/1")
                .containsEntry("fence", "7");
        assertThat(line()).containsExactly("y/1", "z/1");
    }

    @Test
    void aReleaseThatComesTwiceIsAnsweredTheSameAndTouchesNoOtherOwner() {
        held("x/1", FUTURE);
        assertThat(unlock("x/1")).isEqualTo(List.of(1L));
        assertThat(unlock("x/1")).isEqualTo(List.of(1L));
        lock("y/1", PATIENCE);
        Map<String, String> before = fields();
        assertThat(unlock("x/1")).isEqualTo(List.of(1L));
        assertThat(fields()).isEqualTo(before);
    }

    @Test
    void aLeaseThatEndedIsNoLongerThereToRelease() {
        held("x/1", PAST);
        assertThat(unlock("x/1")).isEqualTo(List.of(0L));
        assertThat(unlock("x/1")).isEqualTo(List.of(0L));
        assertThat(fields()).containsOnlyKeys("fence");
    }

    @Test
    void nobodyReleasesTheLockOfAnother() {
        held("x/1", FUTURE);
        Map<String, String> before = fields();
        assertThat(unlock("y/1")).isEqualTo(List.of(0L));
        assertThat(fields()).isEqualTo(before);
        assertThat(unlock("x/2")).isEqualTo(List.of(0L));
        assertThat(fields()).isEqualTo(before);
    }

    @Test
    void oneWhoLeavesTheLinePassesItsTurnOn() {
        waiting("x/1", 1, FUTURE);
        waiting("y/1", 2, FUTURE);
        redis.command("HSET", LOCK, "offered", "x/1", "offerUntil", String.valueOf(FUTURE));
        assertThat(unlock("x/1")).isEqualTo(List.of(0L));
        assertThat(fields()).containsEntry("offered", "y/1");
        assertThat(line()).containsExactly("y/1");
    }

    private static void held(String owner, long until) {
        redis.command("HSET", LOCK, "owner", owner, "fence", "7", "until", String.valueOf(until));
    }

    private static void waiting(String owner, long since, long until) {
        redis.command("ZADD", LINE, String.valueOf(since), owner);
        redis.command("ZADD", SEEN, String.valueOf(until), owner);
    }

    private static List<?> lock(String owner, String patience) {
        return run("lock-1", owner, LEASE, patience, GRACE, "channel:");
    }

    private static List<?> unlock(String owner) {
        return run("unlock-1", owner, GRACE, "channel:");
    }

    private static List<?> run(String script, String... args) {
        List<String> words =
                new ArrayList<>(List.of("FCALL", Script.named(script).function(), "1", LOCK));
        words.addAll(List.of(args));
        return (List<?>) redis.command(words.toArray(String[]::new));
    }

    private static Map<String, String> fields() {
        List<?> flat = (List<?>) redis.command("HGETALL", LOCK);
        Map<String, String> fields = new TreeMap<>();
        for (int i = 0; i < flat.size(); i += 2) {
            fields.put((String) flat.get(i), (String) flat.get(i + 1));
        }
        return fields;
    }

    private static long number(String field) {
        return Long.parseLong(fields().get(field));
    }

    @SuppressWarnings("unchecked")
    private static List<String> line() {
        return (List<String>) redis.command("ZRANGE", LINE, "0", "-1");
    }

    private static long micros() {
        List<?> time = (List<?>) redis.command("TIME");
        return Long.parseLong((String) time.get(0)) * 1_000_000 + Long.parseLong((String) time.get(1));
    }
}
