package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.embedded.EmbeddedRedis;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Each script of locks: what was asked before, what is asked, which fields and keys there are then. Clients are x and y. */
class LockTransitionsTest {

    private static final String LOCK = "{lock}";
    private static final String LEASE = "10000000";
    private static final String PATIENCE = "5000000";
    private static final String GRACE = "1000000";

    private static EmbeddedRedis server;

    @BeforeAll
    static void start() {
        server = EmbeddedRedis.start();
        for (Script script : List.of(Scripts.LOCK, Scripts.PROLONG, Scripts.UNLOCK)) {
            server.command("FUNCTION", "LOAD", script.library());
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    static final String TABLE = """
            script  | of                       | steps, the last is the one       | keys then
            lock    | a free lock              | lock x                           | fence owner=x/1 until
            lock    | a lock of another one    | lock x, lock y                   | fence owner=x/1 until, line 1, seen 1
            lock    | a lock that is offered   | lock x, lock y, unlock x, lock y | fence owner=y/1 released=x/1 until
            prolong | the owner's lock         | lock x, prolong x                | fence owner=x/1 until
            prolong | a lock of another one    | lock x, prolong y                | fence owner=x/1 until
            unlock  | a lock nobody waits for  | lock x, unlock x                 | fence released=x/1
            unlock  | a lock somebody waits for | lock x, lock y, unlock x         | fence offerUntil offered=y/1 released=x/1, line 1, seen 1
            unlock  | a place in line          | lock x, lock y, unlock y         | fence owner=x/1 until
            """;

    @TestFactory
    Stream<DynamicTest> eachScriptLeavesTheKeysThatItShould() {
        return TABLE.lines().skip(1).map(line -> {
            String[] cells = line.split("\\s*\\|\\s*");
            return DynamicTest.dynamicTest(cells[0] + ": " + cells[1], () -> {
                server.command("FLUSHALL");
                for (String step : cells[2].split(", ")) {
                    does(step);
                }
                assertThat(cells[2].substring(cells[2].lastIndexOf(", ") + 1)).contains(cells[0]);
                assertThat(keys()).isEqualTo(cells[3]);
            });
        });
    }

    private static void does(String step) {
        String owner = step.substring(step.indexOf(' ') + 1) + "/1";
        switch (step.substring(0, step.indexOf(' '))) {
            case "lock" -> run(Scripts.LOCK, owner, LEASE, PATIENCE, GRACE, "{ns}:");
            case "prolong" -> run(Scripts.PROLONG, owner, LEASE);
            case "unlock" -> run(Scripts.UNLOCK, owner, GRACE, "{ns}:");
            default -> throw new IllegalArgumentException(step);
        }
    }

    private static void run(Script script, String... args) {
        String[] command = Stream.concat(Stream.of("FCALL", script.function(), "1", LOCK), Stream.of(args))
                .toArray(String[]::new);
        server.command(command);
    }

    /** The fields of the lock, those that name an owner with their values; how many are in line and were seen. */
    private static String keys() {
        List<?> row = (List<?>) server.command("HGETALL", LOCK);
        TreeMap<String, String> fields = new TreeMap<>();
        for (int i = 0; i < row.size(); i += 2) {
            String value = row.get(i + 1).toString();
            fields.put(row.get(i).toString(), value.contains("/") ? "=" + value : "");
        }
        StringBuilder found = new StringBuilder();
        fields.forEach((name, value) ->
                found.append(found.isEmpty() ? "" : " ").append(name).append(value));
        for (String name : List.of("line", "seen")) {
            Object waiting = server.command("ZCARD", LOCK + ":" + name);
            found.append(waiting.equals(0L) ? "" : ", " + name + " " + waiting);
        }
        return found.toString();
    }
}
