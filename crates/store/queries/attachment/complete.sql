-- Attachments whose bytes are all here.
select attachment from attachment where state = 1 order by attachment
