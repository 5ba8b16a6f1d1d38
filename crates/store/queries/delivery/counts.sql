-- How many deliveries stand in each state.
select state, count(*) from delivery group by state order by state
