select 'éé', nope;
