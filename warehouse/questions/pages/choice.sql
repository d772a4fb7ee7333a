-- Which records a list shows, beyond the filters of every question. `pending_for`: undecided ones whose text would name that
-- department.
    {{filters}}
    AND ({basis:String} = '' OR basis = {basis:String})
    AND ({only_abstained:UInt8} = 0 OR abstained)
    AND ({pending_for:String} = ''
        OR (basis = 'pending' AND (has(`causes.department`, {pending_for:String}) OR has(text_departments, {pending_for:String}))))
