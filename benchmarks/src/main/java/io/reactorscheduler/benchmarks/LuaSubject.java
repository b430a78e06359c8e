package io.reactorscheduler.benchmarks;

import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The floor: three scripts and no library. A job is its payload in a hash and its due time in a sorted set; a claim takes what
 * is due and gives it a lease, an end takes the lease and the payload away. It has no retries, no history, no events and no
 * wake-ups: its workers look every millisecond.
 */
@SuppressWarnings("try")
final class LuaSubject implements Subject {

    private static final int BATCH = 100;
    private static final int WORKERS = 4;
    private static final int IN_FLIGHT = 32;
    private static final long LEASE_MILLIS = 30_000;
    private static final long HOUR_MILLIS = 3_600_000;
    private static final long IDLE_MILLIS = 1;
    private static final String PAYLOAD = "x".repeat(100);
    private static final String[] KEYS = {"{floor}payloads", "{floor}due", "{floor}leases"};

    private static final String ENQUEUE = """
            for i = 2, #ARGV do
              redis.call('HSET', KEYS[1], ARGV[i], ARGV[1])
              redis.call('ZADD', KEYS[2], string.sub(ARGV[i], 1, 13), ARGV[i])
            end
            return #ARGV - 1
            """;
    private static final String CLAIM = """
            local time = redis.call('TIME')
            local now = time[1] * 1000 + math.floor(time[2] / 1000)
            local ids = redis.call('ZRANGE', KEYS[2], '-inf', now, 'BYSCORE', 'LIMIT', 0, ARGV[1])
            if #ids == 0 then return {} end
            redis.call('ZREM', KEYS[2], unpack(ids))
            for i = 1, #ids do redis.call('ZADD', KEYS[3], now + ARGV[2], ids[i]) end
            return {ids, redis.call('HMGET', KEYS[1], unpack(ids))}
            """;
    private static final String END = """
            redis.call('ZREM', KEYS[3], unpack(ARGV))
            return redis.call('HDEL', KEYS[1], unpack(ARGV))
            """;

    private final RedisClient client = RedisClient.create(RedisServer.uri());
    private final StatefulRedisConnection<String, String> connection = client.connect();
    private final AtomicBoolean isClosed = new AtomicBoolean();
    private final AtomicLong ids = new AtomicLong();
    private final List<Thread> workers = new ArrayList<>();
    private final String enqueue;
    private final String claim;
    private final String end;

    LuaSubject() {
        enqueue = connection.sync().scriptLoad(ENQUEUE);
        claim = connection.sync().scriptLoad(CLAIM);
        end = connection.sync().scriptLoad(END);
    }

    @Override
    public Subjects kind() {
        return Subjects.LUA;
    }

    @Override
    public void enqueue(int n) throws Exception {
        enqueue(n, BATCH, 0);
    }

    @Override
    public void enqueueEach(int n) throws Exception {
        enqueue(n, 1, 0);
    }

    @Override
    public void enqueueLater(int n) throws Exception {
        enqueue(n, BATCH, HOUR_MILLIS);
    }

    @Override
    public void work(Runnable work) {
        for (int i = 0; i < WORKERS; i++) {
            Thread worker = new Thread(() -> work(client.connect(), work));
            worker.setDaemon(true);
            worker.start();
            workers.add(worker);
        }
    }

    @Override
    public void fireNow(int n, Runnable work) throws Exception {
        work(work);
        enqueue(n);
    }

    @Override
    public void close() throws InterruptedException {
        isClosed.set(true);
        for (Thread worker : workers) {
            worker.join();
        }
        client.shutdown(0, 1, TimeUnit.SECONDS);
    }

    /** An id begins with its due time in milliseconds. */
    private void enqueue(int n, int batch, long delayMillis) throws Exception {
        List<java.util.concurrent.Future<Long>> inFlight = new ArrayList<>();
        long due = Meter.nowMicros() / 1_000 + delayMillis;
        for (int from = 0; from < n; from += batch) {
            int size = Math.min(batch, n - from);
            String[] args = new String[size + 1];
            args[0] = PAYLOAD;
            for (int i = 1; i <= size; i++) {
                args[i] = due + "-" + ids.incrementAndGet();
            }
            inFlight.add(connection.async().<Long>evalsha(enqueue, ScriptOutputType.INTEGER, KEYS, args));
            if (inFlight.size() == IN_FLIGHT) {
                await(inFlight);
            }
        }
        await(inFlight);
    }

    private static void await(List<java.util.concurrent.Future<Long>> inFlight) throws Exception {
        for (java.util.concurrent.Future<Long> each : inFlight) {
            each.get();
        }
        inFlight.clear();
    }

    private void work(StatefulRedisConnection<String, String> own, Runnable work) {
        while (!isClosed.get()) {
            List<List<String>> claimed = own.sync()
                    .evalsha(claim, ScriptOutputType.MULTI, KEYS, String.valueOf(BATCH), String.valueOf(LEASE_MILLIS));
            if (claimed.isEmpty()) {
                sleep();
                continue;
            }
            List<String> jobs = claimed.get(0);
            jobs.forEach(job -> work.run());
            own.sync().evalsha(end, ScriptOutputType.INTEGER, KEYS, jobs.toArray(String[]::new));
        }
    }

    private static void sleep() {
        try {
            Thread.sleep(IDLE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
