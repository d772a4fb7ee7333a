[formatDateTime(occurred_at, '%G-W%V', {zone:String})]
