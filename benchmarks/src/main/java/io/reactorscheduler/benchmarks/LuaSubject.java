package io.reactorscheduler.benchmarks;

import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The floor: three scripts and no library. A job is its payload in a hash and its due time in a sorted set; a claim takes what
 * is due and gives it a lease, an end takes the lease and the payload away. It has no retries, no history, no events and no
 * wake-ups: its workers look every millisecond.
 *
 * <p>The floor that keeps also says who owns a claimed job, and an end is refused to others; it keeps the newest 10,000 ends with
 * their times and payloads; and it tells what happened in a stream: what this library promises of a job, and nothing besides.
 */
@SuppressWarnings("try")
final class LuaSubject implements Subject {

    private static final int BATCH = 100;
    private static final int WORKERS = 4;
    private static final int IN_FLIGHT = 32;
    private static final long LEASE_MILLIS = 30_000;
    private static final long HOUR_MILLIS = 3_600_000;
    private static final long IDLE_MILLIS = 1;
    private static final String PAYLOAD = "{}";
    private static final String[] KEYS = {
        "{floor}payloads", "{floor}due", "{floor}leases", "{floor}owners", "{floor}ended", "{floor}events"
    };

    private static final String ENQUEUE = """
            for i = 2, #ARGV do
              redis.call('HSET', KEYS[1], ARGV[i], ARGV[1])
              redis.call('ZADD', KEYS[2], string.sub(ARGV[i], 1, 13), ARGV[i])
            end
            return #ARGV - 1
            """;
    private static final String TAKE = """
            local time = redis.call('TIME')
            local now = time[1] * 1000 + math.floor(time[2] / 1000)
            local ids = redis.call('ZRANGE', KEYS[2], '-inf', now, 'BYSCORE', 'LIMIT', 0, ARGV[1])
            if #ids == 0 then return {} end
            redis.call('ZREM', KEYS[2], unpack(ids))
            """;
    private static final String CLAIM = TAKE + """
            for i = 1, #ids do redis.call('ZADD', KEYS[3], now + ARGV[2], ids[i]) end
            return {ids, redis.call('HMGET', KEYS[1], unpack(ids))}
            """;
    private static final String CLAIM_KEPT = TAKE + """
            local leases, owners, until_time = {}, {}, now + ARGV[2]
            for i = 1, #ids do
              leases[2 * i - 1], leases[2 * i] = until_time, ids[i]
              owners[2 * i - 1], owners[2 * i] = ids[i], ARGV[3]
            end
            redis.call('ZADD', KEYS[3], unpack(leases))
            redis.call('HSET', KEYS[4], unpack(owners))
            redis.call('XADD', KEYS[6], 'MAXLEN', '~', 2000, '*', 'began', table.concat(ids, ' '))
            return {ids, redis.call('HMGET', KEYS[1], unpack(ids))}
            """;
    private static final String END = """
            redis.call('ZREM', KEYS[3], unpack(ARGV, 2))
            return redis.call('HDEL', KEYS[1], unpack(ARGV, 2))
            """;
    private static final String END_KEPT = """
            local owner, ids, time = ARGV[1], {unpack(ARGV, 2)}, redis.call('TIME')
            -- all digits: Lua writes large numbers short
            local now = string.format('%.0f', time[1] * 1000000 + time[2])
            local owners, payloads = redis.call('HMGET', KEYS[4], unpack(ids)), redis.call('HMGET', KEYS[1], unpack(ids))
            local ended, order, rows = {}, {}, {}
            for i = 1, #ids do
              if owners[i] == owner and payloads[i] then
                local n = #ended
                ended[n + 1] = ids[i]
                order[2 * n + 1], order[2 * n + 2] = now, ids[i]
                rows[2 * n + 1], rows[2 * n + 2] = ids[i], now .. payloads[i]
              end
            end
            if #ended == 0 then return 0 end
            redis.call('ZREM', KEYS[3], unpack(ended))
            redis.call('HDEL', KEYS[4], unpack(ended))
            redis.call('ZADD', KEYS[5], unpack(order))
            redis.call('HSET', KEYS[1], unpack(rows))
            redis.call('XADD', KEYS[6], 'MAXLEN', '~', 2000, '*', 'ended', table.concat(ended, ' '))
            local over = redis.call('ZCARD', KEYS[5]) - 10000
            if over > 0 then
              local oldest = redis.call('ZRANGE', KEYS[5], 0, over - 1)
              redis.call('ZREMRANGEBYRANK', KEYS[5], 0, over - 1)
              redis.call('HDEL', KEYS[1], unpack(oldest))
            end
            return #ended
            """;

    private final Subjects kind;
    private final RedisClient client = RedisClient.create(RedisServer.uri());
    private final StatefulRedisConnection<String, String> connection = client.connect();
    private final AtomicBoolean isClosed = new AtomicBoolean();
    private final AtomicLong ids = new AtomicLong();
    private final List<Thread> workers = new ArrayList<>();
    private final String enqueue;
    private final String claim;
    private final String end;

    private LuaSubject(Subjects kind, String claim, String end) {
        this.kind = kind;
        this.enqueue = connection.sync().scriptLoad(ENQUEUE);
        this.claim = connection.sync().scriptLoad(claim);
        this.end = connection.sync().scriptLoad(end);
    }

    static LuaSubject plain() {
        return new LuaSubject(Subjects.LUA, CLAIM, END);
    }

    static LuaSubject kept() {
        return new LuaSubject(Subjects.LUA_KEPT, CLAIM_KEPT, END_KEPT);
    }

    @Override
    public Subjects kind() {
        return kind;
    }

    @Override
    public void enqueue(int n) throws InterruptedException {
        enqueue(n, BATCH, 0, IN_FLIGHT);
    }

    @Override
    public void enqueueEach(int n, int calls) throws InterruptedException {
        enqueue(n, 1, 0, calls);
    }

    @Override
    public void enqueueLater(int n) throws InterruptedException {
        enqueue(n, BATCH, HOUR_MILLIS, IN_FLIGHT);
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
    public void fireNow(int n, Runnable work) throws InterruptedException {
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
    private void enqueue(int n, int batch, long delayMillis, int calls) throws InterruptedException {
        Semaphore free = new Semaphore(calls);
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        long due = Meter.nowMicros() / 1_000 + delayMillis;
        for (int from = 0; from < n; from += batch) {
            int size = Math.min(batch, n - from);
            String[] args = new String[size + 1];
            args[0] = PAYLOAD;
            for (int i = 1; i <= size; i++) {
                args[i] = due + "-" + ids.incrementAndGet();
            }
            free.acquire();
            connection
                    .async()
                    .<Long>evalsha(enqueue, ScriptOutputType.INTEGER, KEYS, args)
                    .whenComplete((saved, error) -> {
                        failure.compareAndSet(null, error);
                        free.release();
                    });
        }
        free.acquire(calls);
        Throwable error = failure.get();
        if (error != null) {
            throw new IllegalStateException("jobs could not be saved", error);
        }
    }

    private void work(StatefulRedisConnection<String, String> own, Runnable work) {
        String owner =
                ProcessHandle.current().pid() + "-" + Thread.currentThread().getName();
        while (!isClosed.get()) {
            List<List<String>> claimed = own.sync()
                    .evalsha(
                            claim,
                            ScriptOutputType.MULTI,
                            KEYS,
                            String.valueOf(BATCH),
                            String.valueOf(LEASE_MILLIS),
                            owner);
            if (claimed.isEmpty()) {
                sleep();
                continue;
            }
            List<String> jobs = claimed.get(0);
            jobs.forEach(job -> work.run());
            own.sync().evalsha(end, ScriptOutputType.INTEGER, KEYS, args(owner, jobs));
        }
    }

    private static String[] args(String owner, List<String> jobs) {
        List<String> args = new ArrayList<>(jobs.size() + 1);
        args.add(owner);
        args.addAll(jobs);
        return args.toArray(String[]::new);
    }

    private static void sleep() {
        try {
            Thread.sleep(IDLE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
