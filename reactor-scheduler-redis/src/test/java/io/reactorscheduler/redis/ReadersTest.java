package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.embedded.EmbeddedRedis;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Each script that only reads, and the one that makes a namespace: what is there, what is read, and that the keys are as before. */
class ReadersTest {

    private static EmbeddedRedis server;

    @BeforeAll
    static void start() {
        server = EmbeddedRedis.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    static final String TABLE = """
            script  | of                         | steps, the last is the one                    | read                                           | keys then
            open    | a new namespace            | look                                          | F G J p                                        |
            find    | a task                     | save, find                                    | PENDING                                        | Q:default{u=1}, c{P=1}, l:default 1, q 1, t 1, w:7:default:0:plain 1
            find    | no task                    | find                                          |                                                |
            scan    | a task that was done       | save, claim, complete, scan                   | a                                              | c{C=1}, f 1, q 1, t 1
            history | what runs and what waits   | save, claim, enqueue, read history            | a#1 RUNNING, a#2 PENDING                       | Q:default{r=1, u=2}, a:a 1, c{R=1}, e 1, q 1, t 1
            history | a first run that was done  | save, claim, complete, read history           | a#1 COMPLETED                                  | c{C=1}, f 1, q 1, t 1
            names   | a run                      | save, claim, read executions                  | a#1 RUNNING                                    | Q:default{r=1, u=1}, c{R=1}, e 1, o 1, q 1, t 1
            rows    | a run that failed          | save, claim, fail, read executions            | a#1 FAILED                                     | c{F=1}, f 1, q 1, t 1
            events  | what a run said            | save, claim, append, read events              | here                                           | Q:default{r=1, u=1}, c{R=1}, e 1, q 1, t 1, y:a#1 1
            queues  | a queue that was resized   | declare, resize, read queues                  | default 3                                      | Q:default{L=1000000, c=100000000, l=10, n=3}, q 1
            stats   | a task for later           | save for later, count                         | {PENDING=1} waiting 1, due 0, running 0        | Q:default{u=1}, c{P=1}, l:default 1, q 1, t 1, w:7:default:0:plain 1
            stats   | a key that waits its turn  | declare keys, save with key, claim, count     | {PENDING=0, RUNNING=1} waiting 0, due 0, running 1 | Q:default{T=2, c=100000000, k=1, n=256, r=1, u=1}, c{R=1}, e 1, n:default 1, q 1, t 1
            journal | two events                 | save, claim, read journal                     | SCHEDULED, STARTED                             | Q:default{r=1, u=1}, c{R=1}, e 1, o 1, q 1, t 1
            missed  | a task that is to be ended | save, claim, cancel, listen                   | DUE default, CANCEL_TASK a                     | Q:default{r=1}, c{X=1}, e 1, q 1, t 1, x 1
            """;

    @TestFactory
    Stream<DynamicTest> eachScriptReadsWhatIsThereAndLeavesItAsItIs() {
        return TABLE.lines().skip(1).map(line -> {
            String[] cells = line.split("\\s*\\|\\s*", -1);
            return DynamicTest.dynamicTest(cells[0] + ": " + cells[1], () -> {
                try (World world = new World(server)) {
                    world.does(cells[2], cells[0]);
                    assertThat(world.read()).isEqualTo(cells[3]);
                    assertThat(world.keys()).isEqualTo(cells[4]);
                }
            });
        });
    }
}
