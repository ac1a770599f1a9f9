/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every event there is: EVENT(name, format). Each carries three 64-bit words; the
 * format says what they are, and is what a history prints. The ring, the decoder
 * and the oracles all read this list. No include guard: it is included to expand.
 *
 * EVENT_QUIET: so many of them that they would drive everything else out of a ring; only
 * observers see them. EVENT_CODED: the third word is a code, printed as %s; what it means is in
 * <kernel/event_words.h>. A user that treats all alike defines EVENT alone.
 *
 * Tables and pages are named by page frame number, address spaces by ctx_id. A number that stands
 * behind "mm", "table " or "page " is one: a history prints its own name for it.
 */
#ifndef EVENT_QUIET
#define EVENT_QUIET EVENT
#endif
#ifndef EVENT_CODED
#define EVENT_CODED(name, fmt, words) EVENT(name, fmt)
#endif
/* walkers */
EVENT(WALK_BEGIN, "walk mm%llu [%#llx, +%llu)")
EVENT(WALK_END, "walk end mm%llu, %llu pages")
EVENT(PT_READ, "read %#llx -> %#llx level %llu")
EVENT(GRAB, "grab page %#llx refs %llu")
EVENT(UNGRAB, "re-check failed, drop page %#llx refs %llu")
EVENT(PIN, "mm%llu pins page %#llx at %#llx")
EVENT(PERF_WALK, "perf asks for %#llx (in NMI %llu, mm loaded %llu)")
/* page tables */
EVENT(PT_SET, "set %#llx = %#llx level %llu")
EVENT(PT_CLEAR, "clear %#llx was %#llx level %llu")
EVENT(TABLE_ALLOC, "table %#llx allocated, level %llu mm%llu")
EVENT(TABLE_FREE, "table %#llx freed, level %llu")
EVENT(WITHDRAW, "withdraw table %#llx from mm%llu at %#llx")
EVENT_CODED(SYNC_BEGIN, "sync of table %#llx of mm%llu: %s", SYNC_WAITS)
EVENT_CODED(SYNC_END, "sync over: table %#llx of mm%llu: %s", SYNC_WAITS)
EVENT(DEPOSIT, "deposit table %#llx under table %#llx mm%llu")
EVENT(REPOPULATE, "re-populate table %#llx at %#llx mm%llu")
EVENT(REUSE, "table %#llx exclusive to mm%llu, reused at %#llx")
EVENT(SHARE, "share table %#llx with mm%llu at %#llx")
/* pages */
EVENT_QUIET(PAGE_ALLOC, "page %#llx allocated, order %llu")
EVENT_QUIET(PAGE_FREE, "page %#llx freed, order %llu")
EVENT(PAGE_MAP, "page %#llx mapped by mm%llu at %#llx")
EVENT_QUIET(PAGE_UNMAP, "page %#llx unmapped by mm%llu at %#llx")
EVENT(PAGE_DIRTY, "page %#llx dirty, by an entry of mm%llu at %#llx")
EVENT(PAGE_CLEAN, "page %#llx to be written out: clean")
EVENT(ISOLATE, "page %#llx isolated, mm%llu at %#llx")
EVENT(COPIED, "page %#llx copied away, mm%llu at %#llx")
/* flushing */
EVENT(FLUSH_BEGIN, "flush mm%llu gen %llu pages %llu")
EVENT_CODED(FLUSH_FUNC, "flush mm%llu gen %llu here: %s", FLUSH_DONE)
EVENT(FLUSH_END, "flush done mm%llu gen %llu, %llu CPUs interrupted")
EVENT(NMI_SEND, "NMI for a flush, request %llu, sent to %llu CPUs")
EVENT(NMI_FLUSH, "NMI: flush everything, request %llu, IF=%llu")
EVENT(VCPU_LEFT_OUT, "vCPU%llu is preempted: left out of the flush of mm%llu gen %llu")
EVENT(VCPU_PREEMPT, "vCPU preempted")
EVENT(VCPU_RESUME, "vCPU resumes, TLB flushed by its host: %llu")
EVENT(BROADCAST, "broadcast begun: mm%llu gen %llu ASID %llu")
EVENT(BROADCAST_SYNC, "broadcast over: mm%llu gen %llu ASID %llu")
EVENT(TLBSYNC, "TLBSYNC: mm%llu gen %llu ASID %llu")
EVENT(BROADCAST_ALL, "broadcast over: everything under any ASID")
EVENT_CODED(ASID_GLOBAL, "mm%llu gets global ASID %llu %s", ASID_GIVEN)
EVENT(ASID_FREE, "mm%llu is gone, global ASID %llu with it")
EVENT(SWITCH_MM, "switch mm%llu -> mm%llu CR3 %#llx")
EVENT(LAZY, "lazy: keeps mm%llu")
/* interrupts, RCU */
EVENT(IPI_SEND, "call %#llx sent to %llu CPUs, %llu IPIs")
EVENT(IPI_RECV, "call %#llx runs here (from CPU%llu) %llu")
EVENT(IPI_DONE, "call %#llx done on %llu CPUs")
EVENT(RCU_CALL, "call_rcu %#llx func %#llx gp %llu")
EVENT(RCU_RUN, "rcu callback %#llx func %#llx gp %llu")
EVENT(RCU_BEGIN, "grace period %llu begins")
EVENT_QUIET(RCU_ARM, "CPUs may report for grace period %llu")
EVENT_QUIET(RCU_QS, "quiescent state, for grace period %llu")
EVENT(RCU_GP, "grace period %llu ends (%llu) %llu")
/* threads, and locks that they sleep on: the third word is the lock's name, a string */
EVENT_QUIET(SLEEP, "thread %llu sleeps")
EVENT_QUIET(WAKE, "thread %llu wakes")
EVENT_QUIET(RWSEM_GRANT, "rwsem %#llx taken, to write %llu")
EVENT_QUIET(RWSEM_QUEUE, "rwsem %#llx not free, to write %llu: queues")
EVENT_QUIET(RWSEM_RELEASE, "rwsem %#llx released, written %llu")
/* operations: of the torture, by number; or what a scenario's CPU does, a function */
EVENT(OP_BEGIN, "operation %llu begins (%llu), function %#llx")
EVENT(OP_END, "operation %llu ends (%llu), function %#llx")
EVENT(CANARY, "load mm%llu at %#llx: %#llx")
EVENT(VIOLATION, "VIOLATION %llu: %#llx %#llx")
/* what the modelled hardware does by itself */
EVENT(HW_DRAIN, "[store buffer: %#llx becomes visible]")
EVENT(HW_FILL, "[page walker reads %#llx of table %#llx, level %llu]")
EVENT(HW_UPDATE, "[page walker sets Accessed, Dirty: %#llx in table %#llx, level %llu]")
EVENT(HW_LOAD, "[loads %#llx at %#llx: page %#llx]")
EVENT(HW_STORE, "[stores %#llx at %#llx: page %#llx]")
EVENT(HW_INVLPGB, "[carries out INVLPGB of CPU%llu]")
EVENT(HW_PREEMPT, "[the hypervisor takes the CPU away]")
EVENT(HW_RESUME, "[the hypervisor gives it back, flush %llu]")
EVENT(HW_IRQ, "[takes an interrupt]")
EVENT(HW_NMI, "[takes an NMI]")
EVENT(HW_RACE, "[data race: text at %#llx]")
EVENT(HW_AT, "[code at %#llx; text at %#llx]")
#undef EVENT_QUIET
#undef EVENT_CODED
