package io.reactorscheduler;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;

/**
 * One queue on this node: its settings, its slots, and the lanes that share its work.
 *
 * <p>A slot is held from the claim until its end is recorded. So the gate of a queue is one number, and resizing a queue
 * changes what is asked for, not the chain.
 */
final class LocalQueue implements Timeline.Source {

    /** At each end a {@code flatMap} looks through all its inners, so wider queues get more lanes. */
    static final int SLOTS = 32;

    /** Fewer claims than this are not worth waking another thread for while there is much to do. */
    private static final int SHARE = 16;

    /** The most lanes that a few claims are spread over. */
    private static final int FEW = 8;

    /** So many lanes are there from the start, if the concurrency takes them; more are opened when half are taken. */
    private static final int FIRST_LANES = 32;

    private final Resources with;
    private final Runnable wanted;
    private final Consumer<LocalQueue> widen;
    private final Recorder recorder;
    private final AtomicInteger held = new AtomicInteger();

    /** The earliest due time heard of since the store was last asked. */
    private final AtomicLong hinted = new AtomicLong(Position.NO_TIME);

    /** Whether less was claimed than there were slots for, because no lane asked. */
    private volatile boolean starved;

    /** Never changed, only replaced, under this object's monitor. */
    private volatile Timeline.Lane[] lanes = {};

    private volatile TaskQueue settings;

    /** When the store said there may be more; the store is asked at once at first. */
    private volatile long known = Long.MIN_VALUE;

    /** Where the next share goes first; by the dealing thread only. */
    private int turn;

    /**
     * @param wanted is called, on any thread, when there may be more to claim; it must not run handlers there
     * @param widen is called, by the thread that asks, when more lanes are needed than are open
     */
    LocalQueue(TaskQueue settings, Resources with, Recorder recorder, Runnable wanted, Consumer<LocalQueue> widen) {
        this.settings = settings;
        this.with = with;
        this.recorder = recorder;
        this.wanted = wanted;
        this.widen = widen;
    }

    String name() {
        return settings.name();
    }

    TaskQueue settings() {
        return settings;
    }

    void settings(TaskQueue changed) {
        settings = changed;
        askAgain();
    }

    /**
     * How many lanes should be open: as many as the concurrency takes, no lane too wide and one for each core at least, but
     * few as long as these are half empty. A queue whose concurrency says "any number" opens what it uses.
     */
    int lanesNeeded() {
        int concurrency = settings.concurrency();
        int byWidth = (concurrency + SLOTS - 1) / SLOTS;
        int most = Math.max(byWidth, Math.min(Schedulers.DEFAULT_POOL_SIZE, concurrency));
        int open = lanes.length;
        return Math.min(most, isHalfTaken(open) ? Math.max(2 * open, FIRST_LANES) : Math.max(open, FIRST_LANES));
    }

    private boolean isHalfTaken(int open) {
        return held.get() >= open * SLOTS / 2;
    }

    int size() {
        return lanes.length;
    }

    // ---- slots

    int free() {
        TaskQueue now = settings;
        if (now.isPaused()) {
            return 0;
        }
        int free = now.concurrency() - held.get();
        if (free <= 0) {
            return 0;
        }
        if (lanes.length < lanesNeeded()) {
            widen.accept(this);
        }
        long demand = demand(free);
        if (demand < free) {
            // a slot was released a moment before its lane asked again: be told of that, or see it now
            starved = true;
            demand = demand(free);
        }
        return (int) demand;
    }

    private long demand(int most) {
        long demand = 0;
        for (Timeline.Lane lane : lanes) {
            demand += lane.demand();
            if (demand >= most) {
                return most;
            }
        }
        return demand;
    }

    int held() {
        return held.get();
    }

    void hold(int claims) {
        held.addAndGet(claims);
    }

    void release(int claims) {
        held.addAndGet(-claims);
    }

    // ---- due times

    long nextDue() {
        return Math.min(known, hinted.get());
    }

    /** Forgets what was heard, because the store is asked now: what comes from here on is news. */
    void asking() {
        hinted.set(Position.NO_TIME);
        known = Position.NO_TIME;
    }

    void answered(long nextDueMicros) {
        known = nextDueMicros;
    }

    void hint(long dueMicros) {
        hinted.accumulateAndGet(dueMicros, Math::min);
    }

    void askAgain() {
        hint(Long.MIN_VALUE);
    }

    // ---- dealing

    /**
     * Deals claims to the lanes. Large batches are spread over the threads of the Scheduler, and small ones after a quiet
     * time, when another thread costs nothing that others would need. What has no lane, because lanes were closed meanwhile,
     * goes back.
     *
     * @param first is given the lane that has what comes first
     * @param others is given the other lanes, in order
     */
    void deal(List<Claim> claims, boolean isQuiet, List<Rounds.Round> first, List<Rounds.Round> others) {
        hold(claims.size());
        Timeline.Lane[] open = lanes;
        int perShare = perShare(claims.size(), open.length, isQuiet);
        Timeline.Lane lane = null;
        boolean isFirst = true;
        int inShare = 0;
        for (Claim claim : claims) {
            if (isFirst || (lane != null && (inShare == perShare || lane.demand() == 0))) {
                lane = nextLane(open);
                inShare = 0;
                if (lane != null) {
                    (isFirst ? first : others).add(new Rounds.Round(this, lane));
                }
                isFirst = false;
            }
            if (lane == null) {
                discarded(claim);
            } else {
                lane.offer(claim);
                inShare++;
            }
        }
    }

    private static int perShare(int claims, int open, boolean isQuiet) {
        int worthIt = isQuiet ? Math.max(Math.min(claims, FEW), claims / SHARE) : claims / SHARE;
        int shares = Math.max(1, Math.min(open, worthIt));
        return (claims + shares - 1) / shares;
    }

    /**
     * The next lane with demand, if there is one then one that no thread is busy with: what is dealt to the others waits for
     * the handler that runs there. Null when lanes were closed since their demand was asked for.
     */
    private Timeline.@Nullable Lane nextLane(Timeline.Lane[] open) {
        Timeline.Lane busy = null;
        for (int i = 0; i < open.length; i++) {
            turn = (turn + 1) % open.length;
            Timeline.Lane lane = open[turn];
            if (lane.demand() > 0) {
                if (!lane.isBusy()) {
                    return lane;
                }
                busy = lane;
            }
        }
        return busy;
    }

    /** Gives a claim back that was not dealt; if it is of another queue it holds no slot of this one. */
    void giveBack(Claim claim) {
        if (claim.task().queue().equals(name())) {
            hold(1);
        }
        discarded(claim);
    }

    /** Hands on what a lane was dealt, then records at once what has ended meanwhile. */
    void drain(Timeline.Lane lane) {
        recorder.beginRound();
        try {
            try {
                lane.drain();
            } finally {
                recorder.endRound();
            }
        } catch (Throwable thrown) {
            // the work of other lanes must not wait for this one, nor whoever looks next
            with.events().problem("A lane of queue " + name() + " could not be drained", thrown);
        }
    }

    // ---- as the source of the timelines

    @Override
    public void opened(Timeline.Lane lane) {
        synchronized (this) {
            Timeline.Lane[] more = Arrays.copyOf(lanes, lanes.length + 1);
            more[lanes.length] = lane;
            lanes = more;
        }
        wanted.run();
    }

    @Override
    public void requested(Timeline.Lane lane) {
        // demand comes with a slot, and a released slot makes the engine look; only if it looked too soon it must again
        if (starved) {
            starved = false;
            wanted.run();
        }
    }

    @Override
    public void closed(Timeline.Lane lane) {
        synchronized (this) {
            lanes = Arrays.stream(lanes).filter(open -> open != lane).toArray(Timeline.Lane[]::new);
        }
    }

    @Override
    public void discarded(Claim claim) {
        recorder.add(new Completion(
                claim,
                Outcome.released(),
                claim.attempt() - 1,
                Position.NO_TIME,
                claim.dueMicros(),
                Position.UNCHANGED,
                List.of()));
    }
}
