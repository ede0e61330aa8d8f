"""Every table, index and key of Shopbell; no other module spells one.

Every partition key starts with the store, so that a query can never cross stores. Two exceptions, both read by
one function each: the due index and the candidates (rulings 11, 14). The index `enabled` starts with a scenario.

table      pk                              sk                                 what
---------  ------------------------------  ---------------------------------  ------------------------------------
events     <store>#<visitor>               <occurred_at|->#<sha16>#<part>     one immutable item of up to 64 events
visitors   <store>#V#<visitor>             P | L | V                          profile; purchases; views
           <store>#V#<visitor>             SENDS                              the last 64 messages to the visitor
           <store>#S#<shard>               <service>#<visitor>#<sub>          push subscription
           <store>#E#<sub>                 E                                  the same subscription, by endpoint hash
           <store>#X#<sub>                 X                                  tombstone of a retired one, 30 days
           <store>#A#<customer>            <visitor>                          alias: this visitor is that customer
           cand#<scenario>#<00..15>        <send_at>#<store>#<visitor>        candidate of a scheduled scenario
           <store>#Q#<product>             <scenario>                         timer: how far with its changes
  GSI due  due#<00..31>                    <due>#<store>#<visitor|timer>      keys only, sparse: wake-ups, timers
  GSI walk <store>#V#<shard>               <visitor hash, 32 hex>             keys only: every visitor of a shard
           <store>#M#<shard>               <visitor hash, 32 hex>             the same: aliases that are joined
members    <store>#G#<segment>#<shard>     <visitor>                          membership
log        <store>#G#<segment>#<shard>     <at>#<version>#<visitor>           entry or exit, with its cause
           <store>#V#<customer>            <at>#<version>#merge:<visitor>     a visitor became this customer
  GSI by_visitor <store>#V#<visitor>       <at>#<version>#<segment>           the same lines, by visitor
config     <store>                         STORE | KEY#<sha256> | RULES       the store, its keys, its live rules
           <store>                         SEG#<id> | SEGV#<id>#<version>     segment: latest; every version
           <store>                         SEGC#<id>#<revision>               what was changed of it, and by whom
           <store>                         CAMP#<id> | SCEN#<name>            campaign; scenario settings
           <store>                         LIST#<id> | STATS | HOOK#<id>      static list; statistics; webhook
           <store>#L#<list>#<shard>        <visitor>                          who is on it
  GSI enabled scen#<scenario>              <store>                            stores that have it switched on
           stores | campaigns              <store>                            all stores; scheduled campaigns
catalogue  <store>#(P|H)#<product>         P | <revision, 15 digits>          product now; what it was, 90 days
  GSI listed <store>#C#<000..007>          <created_at>#<product>             keys only: all products, by their age
runs       <store>#R#<run>                 RUN | SH#<shard> | CH#<chunk>      run; its shards; chunk ledgers
           <store>#B#<source>#<id>         <scheduled_at>[#<part>]            firings of one source: which run
           <store>#D#<visitor>             <digest of a step>                 step on its way: guard, devices, ends
           <store>#J#<job>                 J                                  long work and how far it is
           <store>#N#<subject>             <stream shard>                     exact counters, guarded by sequence
           <store>#U#<upload>              <number>                           who waits to be put on a list
           <store>#T#<day>#<shard>         <slot>#<product>                   what happened with it that day
           <store>#T#AT#<visitor>          AT                                 how far their events are in it
           <store>#T#TOP#<category>        TOP                                what sells best there
           <store>#T#ALL                   ALL | LEASE                        what is new; who rolls all that up
           <store>#Y#<night>               <shard>#<page>                     buyers, as the nightly walk saw them
watch      <store>#W#<shelf>#<00..63>      <product>#<source>#<visitor>       who saw which price; +<group>, product
<shard>: 3 digits; <send_at>, <due>, <at>, <scheduled_at>: milliseconds, 15 digits; <version>: 10 digits.
TTL: `ttl`, in seconds. More: `keys.coupons`, `.visitors`, `.personal`, `.audit`, `.lately`, `.limits`, `.reports`.
"""

from shopbell.adapters.dynamo.keys.definitions import (
    CAMPAIGNS,
    KEYS,
    SEGMENTS,
    campaign,
    config,
    enabled,
    enabled_partition,
    key,
    product,
    rules,
    scenario,
    segment,
    segment_change,
    segment_changes,
    segment_versions,
    store,
)
from shopbell.adapters.dynamo.keys.runs import (
    CHUNKS,
    SHARDS,
    counter,
    counters,
    firing,
    job,
    run,
    run_chunk,
    run_shard,
    runs_of,
)
from shopbell.adapters.dynamo.keys.schema import (
    BY_VISITOR,
    CANDIDATE_SHARDS,
    DUE,
    DUE_SHARDS,
    ENABLED,
    LISTED,
    PK,
    SK,
    TABLES,
    TTL,
    WALK,
    Index,
    Key,
    Table,
    millis,
    shard,
)
from shopbell.adapters.dynamo.keys.visitors import (
    PROFILE_PARTS,
    alias,
    aliases,
    candidate,
    candidate_partition,
    candidate_shard,
    due,
    due_of,
    due_partition,
    due_shard,
    endpoint,
    events,
    is_segments,
    log,
    log_sort,
    members,
    members_of,
    merged_log,
    merged_walk,
    merged_walk_partition,
    profile,
    subscription,
    subscriptions,
    tombstone,
    visitor,
    visitor_of,
    walk,
    walk_partition,
)

__all__ = [
    "BY_VISITOR",
    "CAMPAIGNS",
    "CANDIDATE_SHARDS",
    "CHUNKS",
    "DUE",
    "DUE_SHARDS",
    "ENABLED",
    "KEYS",
    "LISTED",
    "PK",
    "PROFILE_PARTS",
    "SEGMENTS",
    "SHARDS",
    "SK",
    "TABLES",
    "TTL",
    "WALK",
    "Index",
    "Key",
    "Table",
    "alias",
    "aliases",
    "campaign",
    "candidate",
    "candidate_partition",
    "candidate_shard",
    "config",
    "counter",
    "counters",
    "due",
    "due_of",
    "due_partition",
    "due_shard",
    "enabled",
    "enabled_partition",
    "endpoint",
    "events",
    "firing",
    "is_segments",
    "job",
    "key",
    "log",
    "log_sort",
    "members",
    "members_of",
    "merged_log",
    "merged_walk",
    "merged_walk_partition",
    "millis",
    "product",
    "profile",
    "rules",
    "run",
    "run_chunk",
    "run_shard",
    "runs_of",
    "scenario",
    "segment",
    "segment_change",
    "segment_changes",
    "segment_versions",
    "shard",
    "store",
    "subscription",
    "subscriptions",
    "tombstone",
    "visitor",
    "visitor_of",
    "walk",
    "walk_partition",
]
