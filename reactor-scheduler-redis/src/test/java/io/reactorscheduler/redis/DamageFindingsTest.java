package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.Retention;
import io.reactorscheduler.embedded.EmbeddedRedis;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Rows of each kind that something else wrote over: each is told once, passed over and still there afterwards, where it was or in
 * the hash {@code B}, and everything else goes on.
 */
class DamageFindingsTest {

    private static final String G = "'garbage'";

    /** Whether the hash B has the garbage. */
    private static final String ASIDE =
            "for _,raw in ipairs(c('HVALS',P..'B')) do if string.find(raw,'garbage') then return 1 end end return 0";

    private static EmbeddedRedis server;

    @BeforeAll
    static void start() {
        server = EmbeddedRedis.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private record Case(String what, String before, String damage, String finding, String isThere) {}

    private static final Case[] CASES = {
        new Case(
                "a task in line",
                "save",
                "c('HSET',P..'t','bad'," + G + ")",
                "the row of task \"bad\"",
                is("HGET", "t", "bad")),
        new Case(
                "a task that runs",
                "save, claim",
                "c('HSET',P..'t','bad'," + G + ")",
                "the row of task \"bad\"",
                "return string.find(c('HGET',P..'t','bad'),'garbage') and 1 or 0"),
        new Case(
                "a task that was done",
                "save, run",
                "c('HSET',P..'t','bad'," + G + ")",
                "the row of task \"bad\"",
                is("HGET", "t", "bad")),
        new Case(
                "an end in a row",
                "save, run, trigger",
                "local t=unpack(c('HGET',P..'t','bad')) t.R={1} c('HSET',P..'t','bad',pack(t))",
                "the row of task \"bad\"",
                "return unpack(c('HGET',P..'t','bad')).R[1]"),
        new Case(
                "an owner",
                "save, claim",
                "c('HSET',P..'o','bad'," + G + ")",
                "the row of task \"bad\"",
                is("HGET", "o", "bad")),
        new Case(
                "a triggered execution",
                "save for later, trigger",
                "c('LSET',P..'a:bad',0," + G + ")",
                "\"a:bad\"",
                ASIDE),
        new Case(
                "a triggered execution of fields of other types",
                "save for later, trigger",
                "c('LSET',P..'a:bad',0,pack({n='garbage',F=1,D=1}))",
                "\"a:bad\"",
                ASIDE),
        new Case(
                "a triggered execution of a cancelled task",
                "save for later, trigger",
                "c('LSET',P..'a:bad',0," + G + ") c('RPUSH',P..'a:bad',pack({n=1,F=1,D=1}))"
                        + "local t=unpack(c('HGET',P..'t','bad')) t.X=2 c('HSET',P..'t','bad',pack(t))",
                "\"a:bad\"",
                ASIDE),
        new Case(
                "a finished execution",
                "save, run, trigger, run",
                "c('LSET',P..'h:bad',0," + G + ")",
                "\"h:bad\"",
                ASIDE),
        new Case(
                "a finished execution of fields of other types",
                "save, run, trigger, run",
                "c('LSET',P..'h:bad',1,pack({n=2,s='C',F='garbage',f=1}))",
                "\"h:bad\"",
                ASIDE),
        new Case("a name of a finished execution", "save, run", "c('ZADD',P..'f',1," + G + ")", "\"f\"", ASIDE),
        new Case(
                "an older definition",
                "save, run, reschedule",
                "c('HSET',P..'v','0:bad'," + G + ")",
                "\"0:bad\" of \"v\"",
                ASIDE),
        new Case(
                "what a run said",
                "save, claim, say",
                "c('LSET',P..'y:bad#1',0," + G + ")",
                "\"y:bad#1\"",
                is("LINDEX", "y:bad#1", "0")),
        new Case("a lease", "save", "c('ZADD',P..'e',1," + G + ")", "\"e\"", ASIDE),
        new Case("a lease to be ended", "save", "c('SADD',P..'x'," + G + ")", "\"x\"", ASIDE),
        new Case("a task that ended without a run", "save", "c('ZADD',P..'z',1," + G + ")", "\"z\"", ASIDE),
        new Case(
                "who stands in line",
                "save",
                "c('ZADD',P..'w:7:default:0:plain',1," + G + ")",
                "\"w:7:default:0:plain\"",
                ASIDE),
        new Case(
                "a lane",
                "save",
                "c('ZADD',P..'l:default',1," + G + ")",
                "\"l:default\"",
                "return c('ZSCORE',P..'l:default'," + G + ")"),
        new Case(
                "a key in turn",
                "declare keys, save with key",
                "c('ZADD',P..'r:7:default:0:plain',-1," + G + ")",
                "\"r:7:default:0:plain\"",
                ASIDE),
        new Case(
                "runs of a key",
                "declare keys, save with key",
                "c('HSET',P..'n:default','k'," + G + ")",
                "\"k\" of \"n:default\"",
                ASIDE),
        new Case(
                "tokens of a key",
                "declare keys, save with key",
                "c('SET',P..'u:7:default:k'," + G + ")",
                "\"u:7:default:k\"",
                ASIDE),
        new Case(
                "a limit of a queue",
                "declare, save",
                "c('HSET',P..'Q:default','c'," + G + ")",
                "\"c\" of \"Q:default\"",
                ASIDE),
        new Case(
                "a counter of a queue",
                "declare, save",
                "c('HSET',P..'Q:default','u'," + G + ")",
                "\"u\" of \"Q:default\"",
                ASIDE),
        new Case(
                "settings of a queue",
                "declare, save",
                "c('HSET',P..'Q:default','C'," + G + ")",
                "queue \"default\"",
                is("HGET", "Q:default", "C")),
        rate("the period of a rate", "'l',5,'L'," + G, "L"),
        rate("when the tokens of a rate were counted", "'l',5,'L',1000000,'g',1,'G'," + G, "G"),
        rate("the period of a rate of keys", "'y',5,'Y'," + G, "Y"),
        new Case("numbers by state", "save", "c('HSET',P..'c','R'," + G + ")", "\"R\" of \"c\"", ASIDE),
        new Case(
                "a number by state that Lua reads and Redis does not",
                "save",
                "c('HSET',P..'c','P','1.5')",
                "\"P\" of \"c\"",
                "return c('HGET',P..'B','c P')=='1.5' and 1 or 0"),
        new Case(
                "a number by state that no number of tasks can be",
                "save",
                "c('HSET',P..'c','P','99999999999999999999')",
                "\"P\" of \"c\"",
                "return c('HGET',P..'B','c P')=='99999999999999999999' and 1 or 0"),
        new Case(
                "a state that is not known",
                "save",
                "c('HSET',P..'c','garbage',1)",
                "state \"garbage\"",
                "return c('HEXISTS',P..'c'," + G + ")"),
        new Case("the number of arrivals", "save", "c('HSET',P..'m','s'," + G + ")", "\"s\" of \"m\"", ASIDE),
        new Case(
                "an entry of the journal that is not ours",
                "save",
                "c('XADD',P..'j','9999999999999-1','x'," + G + ")",
                "journal entry",
                "return c('XLEN',P..'j')"),
        new Case(
                "an entry of the journal",
                "save",
                "c('XADD',P..'j','*','v','t1:1k1:Si3:badn1:x')",
                "journal entry",
                "return c('XLEN',P..'j')"),
    };

    private static Case rate(String what, String fields, String damaged) {
        return new Case(
                what,
                "declare, save",
                "c('HSET',P..'Q:default'," + fields + ")",
                "\"" + damaged + "\" of \"Q:default\"",
                ASIDE);
    }

    private static String is(String command, String key, String field) {
        return "return c('" + command + "',P..'" + key + "','" + field + "')==" + G + " and 1 or 0";
    }

    @TestFactory
    Stream<DynamicTest> itIsToldOncePassedOverAndNotDeleted() {
        return Stream.of(CASES)
                .map(each -> DynamicTest.dynamicTest(each.what(), () -> {
                    try (Damage damage = new Damage(server, builder(each.what().equals("what a run said") ? 100 : 2))) {
                        damage.does(each.before());
                        damage.lua(each.damage());

                        damage.everythingElseGoesOn();

                        assertThat(damage.findings())
                                .as("findings")
                                .singleElement()
                                .asString()
                                .contains(each.finding());
                        assertThat(damage.lua(each.isThere()))
                                .as("is there")
                                .isNotNull()
                                .isNotEqualTo(0L);
                    }
                }));
    }

    /** @param executions kept of a task; what goes with them goes unlooked at */
    private static RedisStoreBuilder builder(int executions) {
        return RedisTaskStore.builder()
                .uri(server.uri())
                .retention(Retention.defaults().perTask(executions));
    }
}
