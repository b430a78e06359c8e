package io.reactorscheduler;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * One queue on this node: its settings, its slots, and the lanes that share its work.
 *
 * <p>A slot is held from the claim until its end is recorded. So the gate of a queue is one number, and resizing a queue
 * changes what is asked for, not the chain.
 */
final class Lanes implements Timeline.Source {

    /** Up to here a {@code flatMap} finds a finished inner in well under a microsecond; wider queues get more lanes. */
    static final int SLOTS = 64;

    /** Fewer claims than this are not worth waking another thread for. */
    private static final int SHARE = 16;

    private final Scheduler scheduler;
    private final Runnable wanted;
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

    /** @param wanted is called, on any thread, when there may be more to claim; it must not run handlers there */
    Lanes(TaskQueue settings, Scheduler scheduler, Recorder recorder, Runnable wanted) {
        this.settings = settings;
        this.scheduler = scheduler;
        this.recorder = recorder;
        this.wanted = wanted;
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

    /** How many lanes the concurrency takes: no lane too wide, and one for each of the given cores at least. */
    int lanesNeeded(int cores) {
        int concurrency = settings.concurrency();
        int byWidth = (concurrency + SLOTS - 1) / SLOTS;
        return Math.max(byWidth, Math.min(cores, concurrency));
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
     * Deals claims to the lanes. Large batches are spread over the threads of the Scheduler; the last share, or all of a
     * small batch, is left for the calling thread, which gets the lane to drain. What has no lane, because lanes were closed
     * meanwhile, goes back.
     */
    Timeline.@Nullable Lane deal(List<Claim> claims) {
        hold(claims.size());
        Timeline.Lane[] open = lanes;
        int shares = Math.max(1, Math.min(open.length, claims.size() / SHARE));
        int perShare = (claims.size() + shares - 1) / shares;
        Timeline.Lane lane = nextLane(open);
        int inShare = 0;
        for (Claim claim : claims) {
            if (lane != null && (inShare == perShare || lane.demand() == 0)) {
                drainElsewhere(lane);
                lane = nextLane(open);
                inShare = 0;
            }
            if (lane == null) {
                discarded(claim);
            } else {
                lane.offer(claim);
                inShare++;
            }
        }
        return lane;
    }

    /** The next lane with demand; null when lanes were closed since their demand was asked for. */
    private Timeline.@Nullable Lane nextLane(Timeline.Lane[] open) {
        for (int i = 0; i < open.length; i++) {
            turn = (turn + 1) % open.length;
            if (open[turn].demand() > 0) {
                return open[turn];
            }
        }
        return null;
    }

    private void drainElsewhere(Timeline.Lane lane) {
        try {
            scheduler.schedule(() -> drain(lane));
        } catch (RuntimeException rejected) {
            // a Scheduler that is full or gone: what was claimed is run here rather than left
            drain(lane);
        }
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
            lane.drain();
        } finally {
            recorder.endRound();
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
