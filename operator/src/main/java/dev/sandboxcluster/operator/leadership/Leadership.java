package dev.sandboxcluster.operator.leadership;

/** Whether this operator, of several, is the one that acts. */
public interface Leadership extends AutoCloseable {

    /** What begins and ends with leading; neither may block. */
    interface Work {

        void begin();

        void end();
    }

    /**
     * Whether this one leads now. Nobody is asked: an operator that is cut off from the host cluster stops leading by its
     * own clock, before another one may begin.
     */
    boolean held();

    /** Tries to lead from now on, and again whenever it no longer does. */
    void campaign(Work work);

    /** Whether it can still come to lead; if not, the process has to be started anew. */
    boolean alive();

    /** Lets another one lead at once; what this one did must have ended. */
    @Override
    void close();

    /**
     * Stops what was about to be written for a sandbox.
     *
     * @throws NotLeadingException if another one may lead by now
     */
    default void require() {
        if (!held()) {
            throw new NotLeadingException();
        }
    }

    /** That of an operator beside which there is no other; what it does begins with its start. */
    static Leadership undivided() {
        return new Leadership() {
            @Override
            public boolean held() {
                return true;
            }

            @Override
            public void campaign(Work work) {}

            @Override
            public boolean alive() {
                return true;
            }

            @Override
            public void close() {}
        };
    }
}
