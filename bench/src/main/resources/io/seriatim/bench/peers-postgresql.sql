-- One transfer: locks both accounts in the order of their ids, checks, then writes. Codes are those of TransferOutcome.
create function transfer(
    p_id bigint, p_debit bigint, p_credit bigint, p_amount bigint, p_ledger integer, p_code integer, p_user_data bigint)
returns integer language plpgsql as $$
declare
    account record;
    debit_ledger integer;
    credit_ledger integer;
    is_exceeded boolean := false;
begin
    if p_debit = p_credit then
        return 12; -- ACCOUNTS_MUST_BE_DIFFERENT
    end if;
    for account in
        select id, ledger, flags, debits_posted, credits_posted from accounts
        where id in (p_debit, p_credit) order by id for no key update
    loop
        if account.id = p_debit then
            debit_ledger := account.ledger;
            is_exceeded := account.flags & 1 <> 0 and account.debits_posted + p_amount > account.credits_posted;
        else
            credit_ledger := account.ledger;
        end if;
    end loop;
    if debit_ledger is null then
        return 21; -- DEBIT_ACCOUNT_NOT_FOUND
    elsif credit_ledger is null then
        return 22; -- CREDIT_ACCOUNT_NOT_FOUND
    elsif debit_ledger <> p_ledger or credit_ledger <> p_ledger then
        return 23; -- ACCOUNTS_MUST_HAVE_THE_SAME_LEDGER
    elsif is_exceeded then
        return 54; -- EXCEEDS_CREDITS
    end if;
    insert into transfers values (
        p_id, p_debit, p_credit, p_amount, p_ledger, p_code, p_user_data,
        (extract(epoch from clock_timestamp()) * 1000000000)::bigint)
    on conflict (id) do nothing;
    if not found then
        return 46; -- EXISTS
    end if;
    update accounts set
        debits_posted = debits_posted + case when id = p_debit then p_amount else 0 end,
        credits_posted = credits_posted + case when id = p_credit then p_amount else 0 end
    where id in (p_debit, p_credit);
    return -1; -- CREATED
end $$;

-- Many transfers of one ledger and code. Sets are enough if no rule can depend on the order: every account is there, of
-- the ledger and without a limit, and no id is known. Else one after the other.
-- Plans are kept from when the table of transfers was empty, so none may read all of it.
create function transfer_all(
    p_ids bigint[], p_debits bigint[], p_credits bigint[], p_amounts bigint[], p_ledger integer, p_code integer,
    p_user_data bigint)
returns integer[] language plpgsql set enable_seqscan = off as $$
declare
    touched bigint[];
    plain_count integer;
    outcomes integer[] := '{}';
begin
    touched := array(select distinct id from unnest(p_debits || p_credits) as id);
    perform 1 from accounts where id = any(touched) order by id for no key update;
    select count(*) into plain_count from accounts
        where id = any(touched) and ledger = p_ledger and flags & 1 = 0;
    if plain_count = cardinality(touched)
        and not exists (select 1 from unnest(p_debits, p_credits) as pair(debit, credit) where debit = credit)
        and not exists (select 1 from transfers where id = any(p_ids))
        and (select count(distinct id) from unnest(p_ids) as id) = cardinality(p_ids)
    then
        insert into transfers
            select id, debit, credit, amount, p_ledger, p_code, p_user_data,
                (extract(epoch from clock_timestamp()) * 1000000000)::bigint
            from unnest(p_ids, p_debits, p_credits, p_amounts) as given(id, debit, credit, amount);
        update accounts set
            debits_posted = debits_posted + moved.debits,
            credits_posted = credits_posted + moved.credits
        from (
            select account, sum(debit)::bigint as debits, sum(credit)::bigint as credits
            from (
                select debit as account, amount as debit, 0 as credit from unnest(p_debits, p_amounts) as d(debit, amount)
                union all
                select credit, 0, amount from unnest(p_credits, p_amounts) as c(credit, amount)) as each_side
            group by account) as moved
        where accounts.id = moved.account;
        return array_fill(-1, array[cardinality(p_ids)]);
    end if;
    for i in 1 .. cardinality(p_ids) loop
        outcomes := outcomes ||
            transfer(p_ids[i], p_debits[i], p_credits[i], p_amounts[i], p_ledger, p_code, p_user_data);
    end loop;
    return outcomes;
end $$;
