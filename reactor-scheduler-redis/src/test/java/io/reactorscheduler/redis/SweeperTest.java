package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.Retention;
import io.reactorscheduler.embedded.EmbeddedRedis;
import io.reactorscheduler.embedded.EmbeddedRedisCluster;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What must hold of the keys of a namespace, broken by hand: a task is in exactly one index, and nothing is kept of no task. Each
 * is found once, and what an index says is put right.
 */
class SweeperTest {

    private static final String W = "P..'w:7:default:0:plain'";
    private static final String MEMBER = "c('ZRANGE'," + W + ",0,0)[1]";

    private record Case(String what, String before, String damage, String finding, String holds) {}

    private static final List<Case> CASES = List.of(
            new Case(
                    "a task in no line",
                    "save for later",
                    "c('DEL'," + W + ")",
                    "task \"bad\" in state P stood in no line",
                    "c('ZCARD'," + W + ")==1"),
            new Case(
                    "a task also in the line of another priority",
                    "save for later",
                    "c('ZADD',P..'w:7:default:5:plain',1," + MEMBER + ")",
                    "task \"bad\" stood in line \"w:7:default:5:plain\", where it does not belong",
                    "c('EXISTS',P..'w:7:default:5:plain')==0 and c('ZCARD'," + W + ")==1"),
            new Case(
                    "a task twice in its line",
                    "save for later",
                    "c('ZADD'," + W + ",1,'0000000000ffbad')",
                    "task \"bad\" stood in line \"w:7:default:0:plain\"",
                    "c('ZCARD'," + W + ")==1"),
            new Case(
                    "a task in its line and in that of its key",
                    "declare keys, save with key",
                    "c('ZADD',P..'k:7:default:7:0:plain:k',1," + MEMBER + ")",
                    "task \"bad\" in state P stood in two lines",
                    "c('ZCARD'," + W + ")==1 and c('EXISTS',P..'k:7:default:7:0:plain:k')==0"),
            new Case(
                    "a task in the line of another key",
                    "declare keys, save with key",
                    "c('ZADD',P..'k:7:default:7:0:plain:other',1," + MEMBER + ")",
                    "stood in line \"k:7:default:7:0:plain:other\"",
                    "c('ZCARD'," + W + ")==1 and c('EXISTS',P..'k:7:default:7:0:plain:other')==0"),
            new Case(
                    "a task that runs in a line",
                    "save, claim",
                    "c('ZADD'," + W + ",1,'000000000001bad')",
                    "task \"bad\" stood in line \"w:7:default:0:plain\"",
                    "c('EXISTS'," + W + ")==0"),
            new Case(
                    "a line of no task",
                    "",
                    "c('ZADD'," + W + ",1,'000000000001bad')",
                    "\"w:7:default:0:plain\" is of no task",
                    "c('EXISTS'," + W + ")==0"),
            new Case(
                    "a lane that nobody looks at",
                    "save for later",
                    "c('DEL',P..'l:default')",
                    "task \"bad\" in state P stood in lane \"0:plain\", which was not looked at in time",
                    "c('ZCARD',P..'l:default')==1"),
            new Case(
                    "a claim without a lease",
                    "save, claim",
                    "c('DEL',P..'e')",
                    "execution \"bad#1\" was claimed without a lease",
                    "c('EXISTS',P..'e')==0"),
            new Case(
                    "a lease that never ends",
                    "save, claim",
                    "c('ZADD',P..'e','inf',c('ZRANGE',P..'e',0,0)[1])",
                    "execution \"bad#1\" was claimed without a lease that ends",
                    "c('EXISTS',P..'e')==0"),
            new Case(
                    "a lease of no task",
                    "",
                    "c('ZADD',P..'e',1,'1:1:bad')",
                    "\"e\" is a lease of no claimed execution",
                    "c('EXISTS',P..'e')==0"),
            new Case(
                    "a lease to be ended that is none",
                    "save, claim",
                    "c('SADD',P..'x','1:1:bad')",
                    "\"x\" is of no lease",
                    "c('EXISTS',P..'x')==0"),
            new Case(
                    "a claim of no task",
                    "",
                    "c('HSET',P..'o','bad','1:1:7:default:node')",
                    "\"o\" is of no task",
                    "c('EXISTS',P..'o')==0"),
            new Case(
                    "a claim of a task that was done",
                    "save, run",
                    "c('HSET',P..'o','bad','1:1:7:default:node')",
                    "\"o\" is of a task that it does not run",
                    "c('EXISTS',P..'o')==0"),
            new Case(
                    "a finished execution of no task",
                    "",
                    "c('ZADD',P..'f',1,'1:1:bad')",
                    "\"f\" is of no task",
                    "c('EXISTS',P..'f')==0"),
            new Case(
                    "a finished execution that retention does not know",
                    "save, run, trigger, run",
                    "c('DEL',P..'f')",
                    "execution \"bad#1\" was in no index of retention",
                    "c('ZCARD',P..'f')==1"),
            new Case(
                    "a task that ended and is not there",
                    "",
                    "c('ZADD',P..'z',9e15,'bad')",
                    "\"z\" is of no task",
                    "c('EXISTS',P..'z')==0"),
            new Case(
                    "a task that has not ended so",
                    "save for later",
                    "c('ZADD',P..'z',9e15,'bad')",
                    "\"z\" is of a task that has not ended so",
                    "c('EXISTS',P..'z')==0"),
            new Case(
                    "a task that ended and retention does not know of",
                    "save, cancel",
                    "c('DEL',P..'z')",
                    "task \"bad\" was in no index of retention",
                    "c('ZCARD',P..'z')==1"),
            new Case(
                    "more triggered executions than the task says",
                    "save for later, trigger",
                    "c('RPUSH',P..'a:bad',c('LINDEX',P..'a:bad',0))",
                    "task \"bad\" had 2 triggered executions and said 1",
                    "unpack(c('HGET',P..'t','bad')).X==2"),
            new Case(
                    "fewer triggered executions than the task says",
                    "save for later, trigger",
                    "c('DEL',P..'a:bad')",
                    "task \"bad\" had 0 triggered executions and said 1",
                    "not unpack(c('HGET',P..'t','bad')).X"),
            left(
                    "triggered executions",
                    "c('RPUSH',P..'a:bad','x')",
                    "\"a:bad\" is of no task",
                    "c('LLEN',P..'a:bad')==1"),
            left("history", "c('RPUSH',P..'h:bad','x')", "\"h:bad\" is of no task", "c('LLEN',P..'h:bad')==1"),
            left(
                    "what a run said",
                    "c('RPUSH',P..'y:bad#1','x')",
                    "\"y:bad#1\" is of no task",
                    "c('LLEN',P..'y:bad#1')==1"),
            left("a definition", "c('HSET',P..'v','0:bad','x')", "\"0:bad\" is of no task", "c('HLEN',P..'v')==1"));

    /** Data of no task, which nobody deletes. */
    private static Case left(String what, String damage, String finding, String holds) {
        return new Case(what + " of no task", "", damage, finding, holds);
    }

    @TestFactory
    Stream<DynamicTest> eachIsFoundOnceAndPutRight() {
        EmbeddedRedis server = EmbeddedRedis.start();
        return each(server, server.uri()).onClose(server::close);
    }

    @TestFactory
    Stream<DynamicTest> eachIsFoundOnceAndPutRightInACluster() {
        EmbeddedRedisCluster cluster = EmbeddedRedisCluster.start(1, 0);
        return each(cluster.nodes().get(0), cluster.uris().get(0)).onClose(cluster::close);
    }

    private static Stream<DynamicTest> each(EmbeddedRedis server, String uri) {
        return CASES.stream()
                .map(each -> DynamicTest.dynamicTest(each.what(), () -> {
                    try (Damage damage =
                            new Damage(server, RedisTaskStore.builder().uri(uri))) {
                        damage.does(each.before());
                        damage.lua(each.damage());

                        damage.does("sweep, sweep, sweep");

                        assertThat(damage.findings()).singleElement().asString().contains(each.finding());
                        assertThat(damage.lua("return (" + each.holds() + ") and 1 or 0"))
                                .as(each.holds())
                                .isEqualTo(1L);
                    }
                }));
    }

    private static final String[][] KEYS_IN_THE_WAY = {
        {"save for later", "w:7:default:0:plain"},
        {"save, claim", "w:7:default:0:plain"},
        {"", "w:7:default:5:plain"},
        {"", "w:garbage"},
        {"declare keys, save with key", "k:7:default:7:0:plain:k"},
        {"declare keys, save with key", "r:7:default:0:plain"},
        {"save, run, trigger, run", "h:bad"},
        {"save, claim", "h:bad"},
        {"save for later, trigger", "a:bad"},
        {"save", "a:bad"},
        {"save", "l:default"},
    };

    @TestFactory
    Stream<DynamicTest> aKeyOfAnotherTypeIsMovedOutOfTheWayAndToldOnce() {
        EmbeddedRedis server = EmbeddedRedis.start();
        return Stream.of(KEYS_IN_THE_WAY)
                .map(each -> DynamicTest.dynamicTest(each[1] + " after " + each[0], () -> {
                    try (Damage damage =
                            new Damage(server, RedisTaskStore.builder().uri(server.uri()))) {
                        damage.does(each[0]);
                        damage.lua("c('SET',P..'" + each[1] + "','garbage') c('ZADD',P..'e',1,'1:1:nobody')");

                        damage.does("sweep, sweep, sweep");

                        assertThat(damage.findings().stream().filter(found -> found.contains("in the way")))
                                .singleElement()
                                .asString()
                                .contains("\"" + each[1] + "\"", "string");
                        assertThat(damage.lua("local k=c('KEYS',P..'B:*:" + each[1] + "') return c('GET',k[1])"))
                                .isEqualTo("garbage");
                        assertThat(damage.lua("return c('ZSCORE',P..'e','1:1:nobody')"))
                                .as("the rest of the sweep is done")
                                .isNull();
                        int told = damage.findings().size();
                        damage.everythingElseGoesOn();
                        assertThat(damage.findings()).as("no more").hasSize(told);
                    }
                }))
                .onClose(server::close);
    }

    @Test
    void whatWasMovedStaysHoweverMuchThereIsAndWhatWasLeftIsToldAgain() {
        try (EmbeddedRedis server = EmbeddedRedis.start();
                Damage damage = new Damage(server, RedisTaskStore.builder().uri(server.uri()))) {
            damage.lua("for i=1,10000 do c('HSET',P..'B','e '..i,'moved') end c('ZADD',P..'e',1,'garbage')"
                    + "c('HSET',P..'t','bad','garbage')");

            damage.does("sweep, sweep, sweep");

            assertThat(damage.lua("local n=0 for _,raw in ipairs(c('HVALS',P..'B')) do if raw~='' then n=n+1 end end"
                            + " return n"))
                    .isEqualTo(10_001L);
            assertThat(damage.findings()).anyMatch(found -> found.contains("a row of \"e\""));
            assertThat(damage.findings()).anyMatch(found -> found.contains("\"bad\""));
        }
    }

    @Test
    void retentionDeletesNothingForARowThatIsNotThere() {
        try (EmbeddedRedis server = EmbeddedRedis.start()) {
            Map<String, Long> rows = Map.of(
                    "save, run, trigger, run",
                    2L,
                    "save, run",
                    1L,
                    "save, cancel, trigger, run",
                    1L,
                    "save, cancel",
                    0L);
            for (String before : rows.keySet()) {
                try (Damage damage = new Damage(
                        server,
                        RedisTaskStore.builder()
                                .uri(server.uri())
                                .retention(Retention.defaults().total(2)))) {
                    damage.does(before);
                    damage.lua("for i=1,3 do c('ZADD',P..'f',i,i..':1:bad') end");

                    damage.does("sweep, sweep");

                    assertThat(damage.lua("local n=c('LLEN',P..'h:bad') local row=c('HGET',P..'t','bad')"
                                    + " if not row then return -1 end local ended,t=unpack(row) t=t or ended"
                                    + " if type(ended)=='string' or t.R then n=n+1 end return n"))
                            .as(before)
                            .isEqualTo(rows.get(before));
                }
            }
        }
    }

    @Test
    void retentionDeletesTheRowThatItNamesWhereverItStands() {
        try (EmbeddedRedis server = EmbeddedRedis.start();
                Damage damage = new Damage(
                        server,
                        RedisTaskStore.builder()
                                .uri(server.uri())
                                .retention(Retention.defaults().total(3)))) {
            damage.does("save, run, trigger, run, trigger, run");
            damage.lua("local first=c('ZRANGE',P..'f',0,0)[1] c('ZADD',P..'f',9e15,first,9e15,'1:1:nobody')");

            damage.does("sweep");

            assertThat(damage.lua(
                            "local n={} for i,raw in ipairs(c('LRANGE',P..'h:bad',0,-1)) do n[i]=unpack(raw).n end"
                                    + " return table.concat(n,' ')"))
                    .isEqualTo("1 3");
            assertThat(damage.findings()).singleElement().asString().contains("is of no task");
        }
    }
}
