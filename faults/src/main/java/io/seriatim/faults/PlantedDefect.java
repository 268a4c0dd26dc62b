package io.seriatim.faults;

/**
 * Deliberate mistakes, each with the layer that has to find it. A mistake is a changed place of a source file of the
 * product, or of the recorder that the simulation has in the place of Aeron's; so it goes with the code, and the run
 * fails loudly when the place is not there any more.
 */
enum PlantedDefect
{
    /** Amounts run over. */
    UNCHECKED_ADDITION(
        "a sum of balances runs over and nobody looks",
        "lock-step with the reference ledger",
        PlantedCheck.test("io.seriatim.ledger.LockStepTest", "shouldAgreeWithTheReferenceLedgerOnHostileRequests"),
        "engine/src/main/java/io/seriatim/ledger/Amounts.java",
        "return compare(aHigh, aLow, ~bHigh, ~bLow) > 0;",
        "return false;"),

    /** Answers go out while the disk is still at work. */
    ACKNOWLEDGED_BEFORE_DURABLE(
        "what was appended counts as committed as soon as anything is",
        "simulation, after power cuts and kills",
        PlantedCheck.simulation("--seeds", "12"),
        "journal/src/main/java/io/seriatim/journal/JournalAgent.java",
        "            positions.committed(position);",
        "            positions.committed(positions.appended());"),

    /** The page cache is all that an answer stands on. */
    NEVER_FORCED(
        "the archive is told not to force what it records",
        "cuts of a real disk's power",
        PlantedCheck.row("what was acknowledged is not there", "power-cut", "--cycles", "6"),
        "journal/src/main/java/io/seriatim/journal/ArchiveHost.java",
        "            .fileSyncLevel(durability == Durability.FSYNC ? 1 : 0)",
        "            .fileSyncLevel(0)"),

    /** What was written last to a file that is full is acknowledged, and on no disk. */
    ROLLED_OVER_WITHOUT_FORCE(
        "what fills a file is not forced before the next one is begun",
        "simulation, after power cuts",
        PlantedCheck.simulation("--seeds", "40"),
        "journal/src/test/java/io/seriatim/journal/SimHost.java",
        "                if (isForced)",
        "                if (isForced && layout.segmentBase(recordedPosition) == layout.segmentBase(writtenPosition))"),

    /** A watermark covers files that were full long before, and are on no disk. */
    FILLED_FILE_NOT_FORCED(
        "only the last of the files up to a watermark is forced",
        "simulation, after power cuts",
        PlantedCheck.simulation("--seeds", "120"),
        "journal/src/main/java/io/seriatim/journal/JournalHome.java",
        "                platform.force(layout.segmentFile(base));",
        "                if (base + layout.segmentLength() >= to)\n" +
            "                {\n                    platform.force(layout.segmentFile(base));\n                }"),

    /** The system has dropped what could not be written, and the second force says that all is well. */
    RECORDING_FORCED_AGAIN(
        "the recorder tries a force that has failed once more",
        "simulation, after power cuts",
        PlantedCheck.simulation("--seeds", "40"),
        "journal/src/test/java/io/seriatim/journal/SimHost.java",
        "                    disk.force(layout.segmentFile(layout.segmentBase(recordedPosition)));",
        "                    try\n                    {\n" +
            "                        disk.force(layout.segmentFile(layout.segmentBase(recordedPosition)));\n" +
            "                    }\n                    catch (final IOException ex)\n                    {\n" +
            "                        disk.force(layout.segmentFile(layout.segmentBase(recordedPosition)));\n" +
            "                    }"),

    /** The same by a launch, on the files of the system. */
    FILE_FORCED_AGAIN(
        "a launch tries a force that has failed once more, at once",
        "errors of single calls of the system",
        PlantedCheck.row(
            "a file was forced again after its force had failed",
            "io-errors", "--only", "fsync-EIO", "--nth", "6,7,8,9,10,11,12"),
        "journal/src/main/java/io/seriatim/journal/Platform.java",
        "        PosixFiles.forceFile(file);",
        "        try\n        {\n            PosixFiles.forceFile(file);\n        }\n" +
            "        catch (final IOException ex)\n        {\n            PosixFiles.forceFile(file);\n        }"),

    /** A client that did not see its answer sends again, and the money moves twice. */
    IDS_FORGOTTEN_BY_A_LAUNCH(
        "an id that another process has taken is taken again",
        "kills of real processes, whose clients send again",
        PlantedCheck.row("what was acknowledged is not there as it was", "kill", "--cycles", "6"),
        "engine/src/main/java/io/seriatim/ledger/TransferIndex.java",
        "    long find(final long idHigh, final long idLow)\n    {\n" +
            "        return find(idHigh, idLow, entries);\n    }",
        "    private final Thread launching = Thread.currentThread();\n    private long launchedSequence = -1;\n\n" +
            "    long find(final long idHigh, final long idLow)\n    {\n" +
            "        final long found = find(idHigh, idLow, entries);\n" +
            "        if (Thread.currentThread() == launching)\n        {\n            return found;\n        }\n" +
            "        launchedSequence = launchedSequence < 0 ? window.nextSequence() : launchedSequence;\n" +
            "        return found != NOT_FOUND && sequenceOf(found) < launchedSequence ? NOT_FOUND : found;\n    }"),

    /** A look-up tells of what a crash would take back. */
    READ_BEFORE_COMMIT(
        "a look-up is answered before what it saw is committed",
        "the shard on a journal that commits when the test says so",
        PlantedCheck.test("io.seriatim.engine.ShardTest", "shouldHoldAReadBackUntilWhatItSawIsCommitted"),
        "engine/src/main/java/io/seriatim/engine/ShardReplies.java",
        "        write(slot, foundCount, ReplyRing.ANSWERED);",
        "        final int length = Reply.lengthMax(slot.kind, slot.count);\n" +
            "        replyRing.writeHead(slot.replyPosition, length, slot.kind, slot.requestId, " +
            "stateMachine.nextSequence() - 1, foundCount, ReplyRing.ANSWERED);\n" +
            "        replyRing.release(ReplyRing.end(slot.replyPosition, length));"),

    /** A crash between two frames leaves a part of a chain. */
    HALF_CHAIN_ON_DISK(
        "a frame in the middle of a chain does not say that the chain goes on",
        "the shard on a journal that commits when the test says so",
        PlantedCheck.test("io.seriatim.engine.ShardTest", "shouldMarkAllButTheLastFrameOfAChain"),
        "journal/src/main/java/io/seriatim/journal/FrameWriter.java",
        "            appendFrame(isGroupEnd ? 0 : Frames.MORE);",
        "            appendFrame(0);"),

    /** Recovery takes the frame away that was acknowledged, as the chain that begins in it is not whole. */
    ACKNOWLEDGED_WITH_HALF_A_CHAIN(
        "a reply does not wait for the end of the chain that begins in its frame",
        "the shard on a journal that commits when the test says so",
        PlantedCheck.test("io.seriatim.engine.ShardTest", "shouldHoldAReplyBackUntilTheChainThatSharesItsFrameIsWhole"),
        "engine/src/main/java/io/seriatim/engine/ReplyGate.java",
        "                framePositions[(int)(frameTail - openFrameCount) & frameMask] = endPosition;",
        "                framePositions[(int)(frameTail - openFrameCount) & frameMask] = " +
            "openFrameCount == 1 ? endPosition : 0;"),

    /** An id that was spent could be used again after a launch from a snapshot. */
    IDS_LOST_IN_SNAPSHOT(
        "ids that a refusal has spent are not in snapshots",
        "snapshot and tail against replay from the start",
        PlantedCheck.test("io.seriatim.engine.SnapshotContractTest", "shouldComeToTheSameFromEverySnapshot"),
        "engine/src/main/java/io/seriatim/ledger/IndexRunBuilder.java",
        "            addId(command.idHigh(), command.idLow(), -sequence);\n            spentCount++;",
        "            command.idHigh();"),

    /** The next force succeeds, and what the first one dropped is not on the disk. */
    FAILED_FORCE_FORGOTTEN(
        "a launch forces what a failed force may have dropped, without writing it again",
        "the journal on a simulated disk",
        PlantedCheck.test("io.seriatim.journal.SimDiskTest", "shouldWriteAgainWhatAFailedForceMayHaveDropped"),
        "journal/src/main/java/io/seriatim/journal/JournalAgent.java",
        "            home.rewrite(home.manifest().watermark().position(), recovered.position());",
        "            // nothing"),

    /** The watermark says that more is on the disk than is. */
    WATERMARK_BEFORE_FORCE(
        "a watermark is stored without forcing the files up to it",
        "simulation, after power cuts",
        PlantedCheck.simulation("--seeds", "40"),
        "journal/src/main/java/io/seriatim/journal/JournalHome.java",
        "                platform.force(layout.segmentFile(base));",
        "                layout.segmentFile(base);"),

    /** Replay can not do the same again. */
    WALL_CLOCK_IN_THE_SHARD(
        "the shard looks at the clock of the machine",
        "lock-step of the whole engine with the reference ledger",
        PlantedCheck.test("io.seriatim.replay.EngineLockStepTest", "shouldAgreeWithTheReferenceLedgerAcrossLaunches"),
        "engine/src/main/java/io/seriatim/engine/ShardTime.java",
        "        clockNs = clock.nanoTime();",
        "        clockNs = System.currentTimeMillis() * 1_000_000;"),

    /** A changed header is believed. */
    CHECKSUM_WITHOUT_HEADER(
        "the checksum of a frame leaves out the first part of its header",
        "every bit of a journal flipped",
        PlantedCheck.test("io.seriatim.journal.DamageSweepTest", "shouldSeeEveryDamage"),
        "journal/src/main/java/io/seriatim/journal/FrameChecker.java",
        "            checksum.update(bytes.limit(start + Frames.CRC_OFFSET).position(start));",
        "            bytes.limit(start + Frames.CRC_OFFSET).position(start);"),

    /** Frames of an older time come back. */
    LINK_NOT_CHECKED(
        "recovery does not look whether a frame is linked to the one before",
        "recovery of stale frames",
        PlantedCheck.test("io.seriatim.journal.RecoveryTest", "should*StaleFrames*"),
        "journal/src/main/java/io/seriatim/journal/ShardProgress.java",
        "        if (link != groupPreviousCrc)",
        "        if (false)"),

    /** Acknowledged entries are cut off as if nobody had been told of them. */
    FORCED_ENTRIES_CUT(
        "recovery cuts although a later frame says that what is cut had been forced",
        "recovery of holes",
        PlantedCheck.test("io.seriatim.journal.RecoveryTest", "shouldRefuseAHoleBeforeAFrameThatSaysItWasForced"),
        "journal/src/main/java/io/seriatim/journal/TailInspection.java",
        "        if (anchoredFramePosition >= 0)",
        "        if (false)"),

    /** Two processes with the same books do not agree. */
    DIGEST_OF_THE_PROCESS(
        "the state's digest holds something that is another in every process",
        "the same journal replayed by several kinds of Java",
        PlantedCheck.row("came out differently", "determinism"),
        "engine/src/main/java/io/seriatim/ledger/StateDigest.java",
        "        digest.add(nextSequence);",
        "        digest.add(nextSequence + System.identityHashCode(digest));"),

    /** A checkpoint covers what a crash takes away; the next launch has another history. */
    SIGNED_BEFORE_FORCED(
        "a checkpoint is signed before the files that it covers are forced",
        "simulation, after power cuts",
        PlantedCheck.simulation("--seeds", "40"),
        "replay/src/main/java/io/seriatim/sealing/Sealer.java",
        "        config.force().force(forcedPosition, position);",
        "        config.force();"),

    /** Books that were copied get a second history by the same key. */
    KEY_WITHOUT_MEMORY(
        "a key does not know what it has signed before",
        "sealers on books that were copied, rewritten and cut by crashes",
        PlantedCheck.test("io.seriatim.sealing.SealerTest", "shouldNotSignTwoHistoriesOfBooksThatWereCopied"),
        "replay/src/main/java/io/seriatim/sealing/LastSigned.java",
        "            last = load();",
        "            last = null;"),

    /** After a crash the witness signs another history of the same size. */
    WITNESS_WITHOUT_MEMORY(
        "a witness does not keep what it has signed",
        "witnesses that are opened again",
        PlantedCheck.test(
            "io.seriatim.sealing.WitnessTest",
            "shouldRefuseWhatDoesNotGoOn", "shouldSignWhatGoesOnFromWhatItHasSigned"),
        "replay/src/main/java/io/seriatim/sealing/Witness.java",
        "            PosixFiles.replace(fileOf(checkpoint.origin()), note.toBytes());",
        "            if (note == null)\n            {\n                throw new IOException();\n            }"),

    /** What the engine did and what the follower did are not compared. */
    FOLLOWER_COSIGNS_ANYTHING(
        "a follower that is a witness does not look at the root",
        "a follower that is shown a root of something else",
        PlantedCheck.test("io.seriatim.sealing.WitnessTest", "shouldSignOnlyWhatACopyHasComeToAsWell"),
        "replay/src/main/java/io/seriatim/sealing/VerifiedCopy.java",
        "return Arrays.equals(root, checkpoint.root()) ?",
        "return root.length == checkpoint.root().length || Arrays.equals(root, checkpoint.root()) ?"),

    /** A node can be shown as if it were an entry. */
    LEAF_HASHED_AS_IT_IS(
        "leaves are hashed without the byte that tells them from nodes",
        "published values of RFC 6962",
        PlantedCheck.test("io.seriatim.merkle.MerkleTreeTest", "shouldHaveTheRootsThatOthersPublish"),
        "journal/src/main/java/io/seriatim/merkle/TreeHasher.java",
        "        digest.update(LEAF_PREFIX);\n        digest.update(source",
        "        digest.update(source"),

    /** A root is of no moment at all: of some accounts sooner, of others later. */
    STATE_ROOT_OF_SEVERAL_MOMENTS(
        "an account that changes while a state root is made is not saved first",
        "copies in slices, while the ledger goes on",
        PlantedCheck.test("io.seriatim.ledger.StateRootTest", "shouldBeTheRootOfItsSequenceHoweverTheLedgerGoesOn"),
        "engine/src/main/java/io/seriatim/ledger/AccountTable.java",
        "        rootCopy.beforeChange(slot);\n",
        ""),

    /** What was recorded is compared with itself. */
    STATE_ROOT_BELIEVED(
        "a replay takes a state root as it was recorded, though it has the key",
        "a replay with another key, and one of a changed root",
        PlantedCheck.test(
            "io.seriatim.ledger.StateRootTest",
            "shouldReplayWithTheKeyAndWithoutAndSeeAnother", "shouldSeeEveryChangedByteOfARoot"),
        "engine/src/main/java/io/seriatim/ledger/StateRoots.java",
        "        if (made.accountsRoot() != null)\n",
        "        if (made.accountsRoot() != null && recorded == null)\n"),

    /** From such a snapshot the journal can not go on as it would have. */
    WAITING_ROOT_LOST(
        "a snapshot does not hold the state root that is waiting",
        "launches from every snapshot",
        PlantedCheck.test("io.seriatim.engine.SnapshotContractTest", "shouldComeToTheSameFromEverySnapshot"),
        "engine/src/main/java/io/seriatim/engine/ShardSnapshotWriting.java",
        "        if (start.waitingRoots()[index] != null)\n",
        "        if (start.waitingRoots()[index] != null && index < 0)\n");

    private final String mistake;
    private final String layer;
    private final PlantedCheck check;
    private final String file;
    private final String found;
    private final String replacement;

    PlantedDefect(
        final String mistake,
        final String layer,
        final PlantedCheck check,
        final String file,
        final String found,
        final String replacement)
    {
        this.mistake = mistake;
        this.layer = layer;
        this.check = check;
        this.file = file;
        this.found = found;
        this.replacement = replacement;
    }

    /** What is wrong, in a sentence. */
    String mistake()
    {
        return mistake;
    }

    /** Which layer has to find it. */
    String layer()
    {
        return layer;
    }

    /** The program of that layer. */
    PlantedCheck check()
    {
        return check;
    }

    /** Source file that is changed, relative to the root of the tree. */
    String file()
    {
        return file;
    }

    /** The text that is changed; it stands in the file once. */
    String found()
    {
        return found;
    }

    /** What stands there instead. */
    String replacement()
    {
        return replacement;
    }
}
